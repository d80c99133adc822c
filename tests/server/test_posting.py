"""From an agent's question over a mail to a decision, at a real server with a real mail server, and who only looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from handrail.clock import SystemClock
from handrail.notify.channels.smtp import Mail, MailServer
from handrail.server.posting import posting
from tests.notify.mailbox import HOST, Mailbox, mailbox

from .house import House, opened
from .test_decide_page import ask, form, status
from .visitor import Page, Visitor

LATEST = 30
"""Seconds after which a mail does not come any more."""
LINK = re.compile(r"https?://\S+")


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "a.db", clock=SystemClock()) as found:
        for one in ("ann", "ben"):
            found.company.person(one, "treasury", mail=f"{one}@example.com")
        yield found


@pytest.fixture
def box(house: House) -> Iterator[Mailbox]:
    with mailbox() as (found, port):
        mail = Mail(MailServer(HOST, port, "Handrail <handrail@example.com>", "none"))
        with posting(house.service, {"mail": mail}):
            yield found


def next_mails(box: Mailbox, many: int) -> dict[str, EmailMessage]:
    found = [box.arrived.get(timeout=LATEST) for _ in range(many)]
    return {str(one["To"]): one for one in found}


def link(mail: EmailMessage) -> str:
    (found,) = LINK.findall(str(mail.get_content()))
    return str(urlsplit(found).path)


def test_a_person_decides_from_the_mail_and_the_other_hears_who_did(house: House, box: Mailbox):
    asked = ask(house)
    mails = next_mails(box, 2)
    assert mails.keys() == {"ann@example.com", "ben@example.com"}
    assert "payments" not in str(mails["ann@example.com"])
    ann = Visitor(house).come_in("ann")
    led = ann.get(link(mails["ann@example.com"]))
    assert led.headers["location"] == f"/d/{asked['review']}"
    sent = ann.post(led.headers["location"], form(ann, asked["review"], "approve"))
    assert sent.status_code == 303
    handled = next_mails(box, 1)
    assert handled["ben@example.com"]["Subject"] == "Handled by ann, an approval"
    assert box.arrived.empty()


def test_a_scanner_that_opens_every_link_and_sends_every_form_changes_nothing(house: House, box: Mailbox):
    asked = ask(house)
    before = house.service.archive("default").size()
    links = [link(mail) for mail in next_mails(box, 2).values()]
    tried = 0
    for path in links:
        scanner = Visitor(house)
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE"):
            answer = scanner.client.request(method, path, follow_redirects=True)
            tried += 1
            for one in Page(answer.text).forms:
                fields = {name: values[0] for name, values in one["fields"].items()}
                for act in ("approve", "reject", "claim"):
                    scanner.post(one["action"] or path, {**fields, "do": act})
                    scanner.post(path, {**fields, "do": act})
                    tried += 2
    assert tried > 20
    assert house.service.archive("default").size() == before
    assert status(house, asked) == "held"


def test_a_server_tells_what_was_left_by_one_before_it(house: House):
    ask(house)
    with mailbox() as (box, port):
        mail = Mail(MailServer(HOST, port, "handrail@example.com", "none"))
        with posting(house.service, {"mail": mail}):
            next_mails(box, 2)


def test_where_somebody_is_told_is_nobody_elses_business(house: House):
    answer = house("GET", "/directory", house.session("ben"))
    assert answer.status_code == 200
    assert "user:ann" in answer.text
    assert "example.com" not in answer.text
