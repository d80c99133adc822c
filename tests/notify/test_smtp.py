"""Mail goes to a real mail server over TLS, one line a field, and never in the clear where TLS was asked for."""

from __future__ import annotations

import ssl
from dataclasses import replace
from pathlib import Path

import pytest

from handrail.notify.channel import Address, Undeliverable, Unreachable
from handrail.notify.channels.smtp import Mail, MailServer
from handrail.notify.message import Message, title
from tests.notify.mailbox import HOST, certificate, free_port, mailbox

ASKED = Message(
    "msg_1", "asked", 1_793_000_000_000_000, "https://hand.rail/d/lnk_1", "approval", "payments.refund",
    until=1_793_003_600_000_000,
)  # fmt: skip
ANN = Address("default", "usr_ann", "ann@example.com", "Europe/Berlin")
SENDER = "Handrail <handrail@example.com>"


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return certificate(tmp_path_factory.mktemp("tls"))


def trusting(pair: tuple[Path, Path], server: MailServer) -> Mail:
    return Mail(server, ssl.create_default_context(cafile=str(pair[0])))


def test_a_mail_says_what_until_when_and_where_over_tls(pair: tuple[Path, Path]):
    with mailbox(pair, auth=True) as (box, port):
        trusting(pair, MailServer(HOST, port, SENDER, "starttls", "handrail", "secret")).send(ASKED, ANN)
    (mail,) = box.mails
    assert (box.came, box.encrypted, box.users) == (["ann@example.com"], [True], ["handrail"])
    assert (mail["From"], mail["To"]) == (SENDER, "ann@example.com")
    assert mail["Subject"] == "You are asked about an approval: payments.refund"
    assert mail["Message-ID"] == "<msg_1@example.com>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] == "Mon, 26 Oct 2026 07:33:20 +0000"
    assert mail.get_content_type() == "text/plain"
    assert mail.get_content().splitlines() == [
        "You are asked about an approval: payments.refund", "",
        "Until Mon 26 Oct 2026, 09:33 (Europe/Berlin)", "",
        "https://hand.rail/d/lnk_1",
    ]  # fmt: skip


def test_nothing_is_sent_in_the_clear_where_tls_was_asked_for(pair: tuple[Path, Path]):
    with mailbox() as (box, port):
        with pytest.raises(Unreachable):
            trusting(pair, MailServer(HOST, port, SENDER)).send(ASKED, ANN)
        assert (box.mails, box.came) == ([], [])
        Mail(MailServer(HOST, port, SENDER, "none")).send(ASKED, ANN)
        assert box.encrypted == [False]


def test_a_certificate_that_nobody_vouches_for_is_refused(pair: tuple[Path, Path]):
    with mailbox(pair) as (box, port):
        with pytest.raises(Unreachable, match="TLS with the mail server fails"):
            Mail(MailServer(HOST, port, SENDER)).send(ASKED, ANN)
        assert box.came == []


def test_a_certificate_for_another_host_is_refused(tmp_path: Path):
    other = certificate(tmp_path, "elsewhere.example")
    with mailbox(other) as (box, port):
        with pytest.raises(Unreachable):
            trusting(other, MailServer(HOST, port, SENDER)).send(ASKED, ANN)
        assert box.came == []


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "raised"), [("550 no such address", Undeliverable), ("451 later", Unreachable)])
def test_what_the_server_refuses_for_good_is_dead_and_what_it_puts_off_is_tried_again(
    step: str, answer: str, raised: type[Exception]
):
    with mailbox() as (box, port):
        box.answers[step] = answer
        with pytest.raises(raised, match=answer[:3]) as error:
            Mail(MailServer(HOST, port, SENDER, "none")).send(ASKED, ANN)
    assert "ann@example.com" not in str(error.value)


def test_a_wrong_password_and_a_server_that_is_away_are_tried_again(pair: tuple[Path, Path]):
    with mailbox(pair, auth=True) as (_, port), pytest.raises(Unreachable, match="user and password") as error:
        trusting(pair, MailServer(HOST, port, SENDER, "starttls", "handrail", "hunter2")).send(ASKED, ANN)
    assert "hunter2" not in str(error.value)
    with pytest.raises(Unreachable):
        Mail(MailServer(HOST, free_port(), SENDER)).send(ASKED, ANN)


def test_the_password_is_drawn_nowhere():
    assert "hunter2" not in repr(MailServer(HOST, 25, SENDER, "starttls", "handrail", "hunter2"))


def test_somebody_without_an_address_is_told_of_to_the_operator():
    with pytest.raises(Undeliverable, match="give one with"):
        Mail(MailServer(HOST, 25, SENDER)).send(ASKED, replace(ANN, to=""))


@pytest.mark.parametrize(
    "hostile", ["pay\r\nBcc: eve@example.com", "pay\n\nhello", "\u2028x", "é" * 300, "=?utf-8?q?x?="]
)
def test_no_name_breaks_out_of_its_line(hostile: str):
    said = replace(ASKED, name=hostile, what="handled", who=hostile)
    with mailbox() as (box, port):
        Mail(MailServer(HOST, port, SENDER, "none")).send(said, ANN)
    (mail,) = box.mails
    assert mail.get_all("Bcc") is None
    assert box.came == ["ann@example.com"]
    assert "".join(mail["Subject"].split()) == "".join(title(said).split())


@pytest.mark.parametrize("to", ["ann@example.com\r\nRCPT TO:<eve@example.com>", "a\nb@example.com"])
def test_no_address_breaks_out_of_its_line(to: str):
    with mailbox() as (box, port):
        with pytest.raises(Undeliverable):
            Mail(MailServer(HOST, port, SENDER, "none")).send(ASKED, replace(ANN, to=to))
        assert (box.mails, box.came) == ([], [])
