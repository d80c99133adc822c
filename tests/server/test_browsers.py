"""What protects people who come with a browser: cookies, sessions, forms, links, and the sites that are not ours."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import httpx2
import pytest

from handrail.clock import SystemClock
from handrail.errors import UsageError
from handrail.server import links
from handrail.server.edge import JSONLines
from handrail.server.run import Listen, server
from handrail.server.service import Service
from handrail.server.settings import Settings
from handrail.wire.routes import ROUTES, Route

from .company import PASSWORD, Company
from .house import House, opened

UNSAFE = [route for route in ROUTES if route.method != "GET"]
ID = {"actions": "act", "reviews": "rev", "runs": "run", "keys": "key", "people": "usr"}
FOREIGN: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": ""},
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("browsers") / "a.db", clock=SystemClock(), demo=True) as found:
        found.company.person("ann", "treasury", roles=("reviewer", "administrator"), password=PASSWORD)
        yield found


class Browser:
    """A browser without cookies, on the server's own page unless headers say otherwise."""

    def __init__(self, house: House) -> None:
        self.house, self.client = house, house.client
        self.client.cookies.clear()
        self.own = {"Origin": house.url, "Sec-Fetch-Site": "same-origin"}

    def sign_in(self, **given: Any) -> httpx2.Response:
        """Fill in the form."""
        body = {"name": "ann", "password": PASSWORD}
        answer = self.client.post("/v1/sessions", json=body, headers={**self.own, **given})
        if answer.status_code == 201:
            self.own["X-CSRF-Token"] = answer.json()["csrf"]
        return answer

    def follow(self, address: str, **given: str) -> httpx2.Response:
        """Press the button that a link shows."""
        return self.client.post(address, headers={**self.own, **given}, content=b"")

    @property
    def session(self) -> str:
        """The session's secret."""
        return str(self.client.cookies.get("handrail"))


@pytest.fixture(scope="module")
def signed_in(house: House) -> Browser:
    browser = Browser(house)
    assert browser.follow(address(house)).status_code == 303
    browser.own["X-CSRF-Token"] = browser.client.get("/v1/me").json()["csrf"]
    return browser


def address(house: House) -> str:
    who = house.company.accounts.directory("default").resolve("user:ann")
    assert who
    return links.address(house.service, who, "default").removeprefix(house.url)


@pytest.mark.parametrize("route", UNSAFE, ids=lambda route: route.name)
def test_what_another_site_sends_is_refused_on_every_unsafe_route(house: House, signed_in: Browser, route: Route):
    noun = route.path.split("/")[2]
    path = route.path.format(id=f"{ID.get(noun, 'usr')}_{'0' * 26}")
    changes = [*FOREIGN, *([] if route.open else [{"X-CSRF-Token": ""}, {"X-CSRF-Token": "0" * 64}])]
    for change in changes:
        answer = signed_in.client.request(route.method, path, headers={**signed_in.own, **change}, json={})
        assert (answer.status_code, answer.json()["code"]) == (403, "foreign"), (change, answer.text)
    if route.name != "sign_out":
        answer = signed_in.client.request(route.method, path, headers=signed_in.own, json={})
        assert answer.json().get("code") != "foreign", answer.text


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
def test_what_a_form_of_another_site_can_send_is_no_body_here(house: House, media: str):
    """A form cannot send JSON, so that a sign-in cannot be forged by one, also from a browser that sends no origin."""
    body = b'{"name":"ann","password":"correct horse battery"}'
    answer = house.client.post("/v1/sessions", content=body, headers={"Content-Type": media})
    assert (answer.status_code, answer.json()["code"]) == (415, "not_json")


def test_signing_in_ends_the_session_that_the_browser_came_with(house: House):
    browser = Browser(house)
    browser.client.cookies.set("handrail", "hrs_" + "0" * 49, domain="127.0.0.1", path="/")
    answer = browser.sign_in()
    assert answer.status_code == 201
    first = browser.session
    assert first != "hrs_" + "0" * 49
    assert browser.follow(address(house)).status_code == 303
    second = browser.session
    assert second != first
    assert house("GET", "/me", first).status_code == 401
    assert house("GET", "/me", second).status_code == 200


def test_over_tls_the_cookie_belongs_to_this_host_alone(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock()) as plain:
        plain.company.person("ann", password=PASSWORD)
        object.__setattr__(plain.service.settings, "origin", "https://localhost")
        answer = plain("POST", "/sessions", json={"name": "ann", "password": PASSWORD})
        cookie = answer.headers["set-cookie"]
        assert re.match(r"__Host-handrail=hrs_\w+; ", cookie)
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert parts == {"httponly", "path=/", "samesite=strict", "secure"}
        assert answer.headers["strict-transport-security"]
        plain.client.cookies.clear()
        session = {"Cookie": cookie.partition(";")[0].replace("__Host-", "")}
        assert plain("GET", "/me", headers=session).status_code == 401


class Page(HTMLParser):
    """The elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.found.append((tag, dict(attrs)))


def test_opening_a_link_signs_nobody_in_and_the_button_does_once(house: House):
    browser, link = Browser(house), address(house)
    pages = [browser.client.get(link) for _ in range(3)]
    assert [(page.status_code, "set-cookie" in page.headers) for page in pages] == [(200, False)] * 3
    page = pages[0]
    tags = Page(page.text).found
    assert [(given["method"], given.get("action")) for tag, given in tags if tag == "form"] == [("post", None)]
    assert not {"script", "img", "style"} & {tag for tag, _ in tags}
    linked = {given["rel"]: given["href"] for tag, given in tags if tag == "link"}
    assert set(linked) == {"stylesheet", "icon", "apple-touch-icon", "manifest"}
    assert all(href and href.startswith("/") and not href.startswith("//") for href in linked.values())
    assert link.rpartition("/")[2] not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert page.headers["referrer-policy"] == "same-origin"
    assert page.headers["cache-control"] == "no-store"
    assert browser.client.head(link).status_code == 405
    pressed = browser.follow(link)
    assert (pressed.status_code, pressed.headers["location"]) == (303, "/")
    me = browser.client.get("/v1/me").json()
    assert (me["label"]["handle"], me["auth"]) == ("user:ann", "link")
    again = Browser(house).follow(link)
    assert again.status_code == 401
    assert "ask for another" in again.text
    assert "set-cookie" not in again.headers


def test_no_links_secret_is_in_the_log(house: House, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    browser, link = Browser(house), address(house)
    browser.client.get(link)
    assert browser.follow(link).status_code == 303
    ours = [record for record in caplog.records if record.name.startswith(("handrail", "uvicorn"))]
    written = "\n".join(JSONLines().format(record) for record in ours)
    assert '"route":"/sign-in/{secret}"' in written
    assert link.rpartition("/")[2] not in written
    assert browser.session not in written


def test_a_link_from_another_site_or_through_a_proxy_signs_nobody_in(house: House):
    browser, link = Browser(house), address(house)
    for change in FOREIGN:
        assert browser.follow(link, **change).status_code == 403
    assert browser.client.post(link).status_code == 403, "a browser says from which site a form comes"
    for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP"):
        assert browser.follow(link, **{name: "127.0.0.1"}).status_code == 403
        assert browser.client.get(link, headers={name: "127.0.0.1"}).status_code == 403
    assert browser.follow(link).status_code == 303


def test_no_link_leads_into_a_server_that_is_no_demo(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock()) as plain:
        plain.company.person("ann")
        link = address(plain)
        assert plain.client.get(link).status_code == 404
        assert plain.client.post(link).status_code == 404


def test_a_demo_is_served_on_this_machine_only(tmp_path: Path):
    company = Company(tmp_path / "a.db")
    service = Service(company.database, Settings(demo=True))
    for listen in (Listen("0.0.0.0", 1, "a.pem"), Listen("127.0.0.1", 1, proxies=("10.0.0.0/8",))):
        with pytest.raises(UsageError, match="this machine only"):
            server(service, listen)
    company.close()
