"""What opens the links of a mail before a person does: it follows everything, sends every form, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.async_api import Browser, Page

from handrail.clock import SystemClock
from tests.server import visitor
from tests.server.house import House, opened

from .chromium import watched

METHODS = ("HEAD", "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REFUSED = (401, 404, 405, 409, 422, 429)
"""409 is for passkeys, which no browser makes for an address of digits."""
PLAUSIBLE = {"handle": "ann", "password": "letmein letmein", "again": "letmein letmein", "next": "/d"}
MOST = 200


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("scanner") / "a.db", clock=SystemClock()) as found:
        found.company.person("ann", "treasury", roles=("reviewer", "administrator"), password="none that is guessed")
        yield found


@pytest.fixture(scope="module")
def asked(house: House) -> dict[str, Any]:
    declared = {"pattern": "approval", "reviewers": ["group:treasury"], "within": "4h"}
    body = {"name": "payments.wire", "args": {"amount": 1}, "declared": declared, "context": {"see": "/d"}}
    found: dict[str, Any] = house("POST", "/actions", house.company.key("bot"), json=body).json()
    return found


def starts(asked: dict[str, Any]) -> list[str]:
    review = f"/d/{asked['review']}"
    return [
        review,
        f"{review}/record",
        f"{review}/edit",
        "/d",
        "/login",
        "/",
        "/inbox",
        "/join",
        f"/v1/reviews/{asked['review']}",
    ]


def standing(house: House, asked: dict[str, Any]) -> tuple[int, object, object]:
    """How long the log is, and the states of what was asked."""
    archive = house.service.archive("default")
    return archive.size(), archive.state(asked["id"]), archive.state(asked["review"])


class Scanner:
    """Follows whatever it finds, by HTTP alone."""

    def __init__(self, who: visitor.Visitor, forms: bool) -> None:
        self._who, self._forms = who, forms
        self.seen: set[str] = set()
        self.sent = 0

    def follow(self, paths: list[str]) -> None:
        """Open each address, and all that can be reached from there."""
        waiting = list(paths)
        while waiting and len(self.seen) < MOST:
            path = waiting.pop()
            if path in self.seen:
                continue
            self.seen.add(path)
            answer = self._who.get(path)
            if "location" in answer.headers:
                waiting.append(answer.headers["location"])
            if answer.headers.get("content-type", "").startswith("text/html"):
                waiting += self._found(path, visitor.Page(answer.text))

    def _found(self, path: str, page: visitor.Page) -> Iterator[str]:
        for tag, given in page.found:
            target = given.get("href") or given.get("src") or (given.get("content") or "").partition("url=")[2]
            found = urlsplit(urljoin(path, target)) if target and tag != "form" else None
            if found and not found.netloc:
                yield found.path + (f"?{found.query}" if found.query else "")
        for form in page.forms if self._forms else ():
            filled = {name: values[0] or PLAUSIBLE.get(name, "yes") for name, values in form["fields"].items()}
            answer = self._who.post(urljoin(path, form["action"] or path), filled)
            self.sent += 1
            if "location" in answer.headers:
                yield answer.headers["location"]


def test_a_scanner_without_a_session_changes_nothing(house: House, asked: dict[str, Any]):
    before, scanner = standing(house, asked), Scanner(visitor.Visitor(house), forms=True)
    scanner.follow(starts(asked))
    print(f"{len(scanner.seen)} addresses, {scanner.sent} forms")
    assert standing(house, asked) == before
    assert scanner.sent >= 2
    assert {"/login", "/join"} <= scanner.seen


def test_links_that_are_followed_with_a_session_change_nothing_either(house: House, asked: dict[str, Any]):
    """As a browser does that fetches ahead, or a tool that looks for dead links."""
    before, scanner = standing(house, asked), Scanner(visitor.Visitor(house).come_in("ann"), forms=False)
    scanner.follow(starts(asked))
    print(f"{len(scanner.seen)} addresses")
    assert standing(house, asked) == before
    assert len(scanner.seen) > 10


def test_every_method_on_every_address_of_the_api_without_a_credential_changes_nothing(
    house: House, asked: dict[str, Any]
):
    before, count, agent = standing(house, asked), 0, visitor.Visitor(house)
    ids = {"actions": asked["id"], "reviews": asked["review"]}
    for path, operations in house("GET", "/openapi.json").json()["paths"].items():
        bodies = [
            one["requestBody"]["content"]["application/json"] for one in operations.values() if "requestBody" in one
        ]
        example = bodies[0].get("example") if bodies else None
        address = path.replace("{id}", ids.get(path.split("/")[2], "usr_" + "0" * 26))
        for method in METHODS:
            for headers in ({}, agent.own):
                answer = agent.client.request(method, address, json=example, headers=headers)
                assert answer.status_code in REFUSED, f"{method} {address}: {answer.status_code}"
                count += 1
    for address in starts(asked):
        for method in METHODS:
            agent.client.request(method, address, headers=agent.own)
            count += 1
    print(f"{count} requests")
    assert standing(house, asked) == before
    assert count > 500


async def test_a_scanner_that_runs_scripts_changes_nothing(chromium: Browser, house: House, asked: dict[str, Any]):
    before = standing(house, asked)
    async with watched(chromium, house.url, expected=(400, 401, 404, 422, 429, 503)) as context:
        page = await context.new_page()
        seen: set[str] = set()
        waiting = starts(asked)
        while waiting:
            path = waiting.pop()
            if path not in seen:
                seen.add(path)
                await page.goto(path)
                waiting += await _links(page, house.url)
                await _send_all(page, path)
        print(f"{len(seen)} addresses")
    assert standing(house, asked) == before


async def _links(page: Page, own: str) -> list[str]:
    found: list[str] = await page.eval_on_selector_all("a[href]", "(all) => all.map((one) => one.href)")
    return [one.removeprefix(own) for one in found if one.startswith(own)]


async def _send_all(page: Page, path: str) -> None:
    for number in range(await page.locator("form").count()):
        await page.goto(path)
        for field in await page.locator("form").nth(number).locator("input:visible, textarea:visible").all():
            name = await field.get_attribute("name") or ""
            await field.fill(PLAUSIBLE.get(name, "yes"))
        async with page.expect_navigation():
            await page.locator("form").nth(number).evaluate("(form) => form.submit()")
