"""The doors: sign-in, sign-out and invitations as pages, for the right people and from the right pages alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from handrail.clock import SystemClock
from handrail.testing import FrozenClock

from .company import PASSWORD
from .house import House, opened
from .visitor import Page, Visitor

ABROAD: tuple[dict[str, str], ...] = (
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("entry") / "a.db", clock=SystemClock()) as found:
        found.company.person("ann", "treasury", password=PASSWORD)
        yield found


def test_a_person_signs_in_and_goes_on_to_where_they_came_for(house: House):
    ann, review = Visitor(house), "/inbox/rev_" + "0" * 26
    sent = ann.get(review)
    assert (sent.status_code, sent.headers["location"]) == (303, f"/login?next={review}")
    form = Page(ann.get(sent.headers["location"]).text).forms[0]
    assert form["fields"]["next"] == [review]
    answer = ann.sign_in(onward=review)
    assert (answer.status_code, answer.headers["location"]) == (303, review)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert ann.get("/login?next=/d").headers["location"] == "/d"


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example", "//evil.example", "/\\evil.example", "///evil.example", "/\t/evil.example", "javascript:1",
     "/d\r\nSet-Cookie: a=b", "/%0d%0aX: y", "evil.example", "/d#x", "/.//evil.example", "", "/" + "d" * 500,
     "/d/..//evil.example", "/@evil.example"],
)  # fmt: skip
def test_signing_in_leads_to_no_other_site(house: House, onward: str):
    answer = Visitor(house).sign_in(onward=onward)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    form = Page(Visitor(house).client.get("/login", params={"next": onward}).text).forms[0]
    assert form["fields"]["next"] == ["/"]


def test_a_wrong_password_is_told_calmly_and_the_brake_holds_for_forms_as_for_the_api(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock()) as house:
        house.company.person("bob", password=PASSWORD)
        _braked(house, Visitor(house))


def _braked(house: House, bob: Visitor):
    wrong = bob.sign_in("bob", "not this one")
    assert (wrong.status_code, "set-cookie" in wrong.headers) == (401, False)
    assert "The handle or the password is wrong." in wrong.text
    assert 'value="bob"' in wrong.text
    assert "not this one" not in wrong.text
    last = [bob.sign_in("bob", "not this one") for _ in range(5)][-1]
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) >= 1
    assert "try again in" in last.text.lower()
    assert bob.sign_in("bob").status_code == 429
    assert house("POST", "/sessions", json={"name": "bob", "password": PASSWORD}).status_code == 429


@pytest.mark.parametrize("change", ABROAD)
@pytest.mark.parametrize("path", ["/login", "/logout", "/join", "/join/hri_x"])
def test_a_form_of_another_site_is_refused(house: House, path: str, change: dict[str, str]):
    ann = Visitor(house).come_in("ann")
    answer = ann.post(path, {"handle": "ann", "password": PASSWORD}, **change)
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert ann.get("/login").status_code == 303, "still signed in"


def test_a_browser_that_does_not_say_where_a_form_comes_from_is_refused(house: House):
    visitor = Visitor(house)
    visitor.own = {}
    assert visitor.sign_in().status_code == 403


def test_signing_out_ends_the_session_and_looking_does_not(house: House):
    ann = Visitor(house).come_in("ann")
    session = str(ann.client.cookies.get("handrail"))
    assert ann.get("/logout").status_code == 405
    assert house("GET", "/me", session).status_code == 200
    assert ann.post("/logout", {}).headers["location"] == "/login"
    assert house("GET", "/me", session).status_code == 401
    assert not ann.client.cookies.get("handrail")


def test_an_ended_session_is_told(house: House):
    ann = Visitor(house).come_in("ann")
    house.company.accounts.sign_out(str(ann.client.cookies.get("handrail")))
    where = ann.get("/inbox").headers["location"]
    assert "Your session has ended." in ann.get(where).text


def test_an_invitation_sets_a_password_once_and_looking_at_it_uses_nothing_up(house: House):
    eve = house.company.person("eve")
    secret = house.company.accounts.invite("default", eve)
    visitor, path = Visitor(house), f"/join/{secret}"
    pages = [visitor.get(path) for _ in range(3)]
    assert {page.status_code for page in pages} == {200}
    assert "user:eve" in pages[0].text
    assert secret not in pages[0].text
    for given, said in (
        ({"password": "short", "again": "short"}, "12 to 256 characters"),
        ({"password": PASSWORD, "again": PASSWORD + "!"}, "not the same"),
        ({"password": "aaaaaaaaaaaaaaaa", "again": "aaaaaaaaaaaaaaaa"}, "guessed at once"),
    ):
        answer = visitor.post(path, given)
        assert (answer.status_code, said in answer.text, "set-cookie" in answer.headers) == (422, True, False)
    joined = visitor.post(path, {"password": PASSWORD, "again": PASSWORD})
    assert (joined.status_code, joined.headers["location"]) == (303, "/")
    assert "set-cookie" in joined.headers
    assert Visitor(house).sign_in("eve").status_code == 303
    for again in (Visitor(house).get(path), Visitor(house).post(path, {"password": PASSWORD, "again": PASSWORD})):
        assert (again.status_code, "used already" in again.text) == (401, True)


def test_an_invitation_may_be_pasted(house: House):
    secret = house.company.accounts.invite("default", house.company.person("pat"))
    visitor = Visitor(house)
    wrong = visitor.post("/join", {"secret": "hri_no", "password": PASSWORD, "again": PASSWORD})
    assert (wrong.status_code, "ask for another" in wrong.text) == (401, True)
    assert visitor.post("/join", {"secret": f" {secret} ", "password": PASSWORD, "again": PASSWORD}).status_code == 303


@pytest.mark.parametrize(
    ("body", "media", "status"),
    [(b'{"handle":"ann"}', "application/json", 415), (b"a=%ff", "application/x-www-form-urlencoded", 400),
     (b"a=1&" * 20_000, "application/x-www-form-urlencoded", 400),
     (b"--x", "multipart/form-data; boundary=x", 415), (b"\xff", "application/x-www-form-urlencoded", 400)],
)  # fmt: skip
def test_a_body_that_is_no_form_is_refused(house: House, body: bytes, media: str, status: int):
    visitor = Visitor(house)
    answer = visitor.client.post("/login", content=body, headers={**visitor.own, "Content-Type": media})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")


def test_a_session_that_idled_leads_to_the_sign_in(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=FrozenClock()) as house:
        house.company.person("ann")
        ann = Visitor(house).come_in("ann")
        assert ann.get("/login").status_code == 303
        house.company.clock.advance(31 * 60)
        assert ann.get("/inbox").headers["location"] == "/login?next=/inbox"
