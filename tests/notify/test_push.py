"""Web Push as a browser and its push service see it: sealed for one, signed by the other side, and small."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from http_ece import ECEException
from py_vapid import Vapid02
from py_vapid.jwt import decode

from handrail.clock import HOUR, SECOND
from handrail.errors import InvalidValue
from handrail.notify.channel import Address, Undeliverable, Unreachable
from handrail.notify.channels.push import Push, Pushes
from handrail.notify.message import Message
from handrail.notify.subscription import PushService as Settings
from handrail.notify.subscription import private_key, public_text, require_subscription
from handrail.store.protocol import Store
from handrail.store.sqlite import SQLiteStore
from handrail.testing import FrozenClock

from .browsers import Browser, Handed, PushService, push_service

ANN = Address("default", "usr_ann", "")


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = SQLiteStore(str(tmp_path / "a.db"))
    yield found
    found.close()


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


@pytest.fixture
def pushes(store: Store, clock: FrozenClock) -> Pushes:
    return Push(Settings("ops@example.com", loopback=True)).at(store, clock.now)


def message(clock: FrozenClock, **given: object) -> Message:
    said = {"kind": "approval", "name": "payments.refund", "until": clock.now() + HOUR, **given}
    return Message("msg_1", "asked", clock.now(), "https://hand.rail/d/lnk_1", **said)  # type: ignore[arg-type]


def subscribed(store: Store, service: PushService, path: str = "/send/1", id_: str = "psh_1") -> Browser:
    found = Browser(service.url + path)
    with store.vault(write=True) as vault:
        vault.put_subscription(found.subscription("usr_ann", id_))
    return found


def known(store: Store) -> list[str]:
    with store.vault() as vault:
        return [one.id for one in vault.subscriptions("default", "usr_ann")]


def test_a_push_is_read_by_its_browser_alone_and_says_what_until_when_and_where(
    store: Store, service: PushService, pushes: Pushes, clock: FrozenClock
):
    browser = subscribed(store, service)
    pushes.send(message(clock), ANN)
    handed = service.handed.get(timeout=10)
    assert browser.read(handed) == {
        "id": "msg_1",
        "title": "You are asked about an approval: payments.refund",
        "link": "https://hand.rail/d/lnk_1",
        "until": clock.now() + HOUR,
    }
    assert (handed.headers["ttl"], handed.headers["urgency"]) == ("3600", "high")
    assert b"payments" not in handed.body
    with pytest.raises((ECEException, InvalidTag)):
        Browser(browser.endpoint).read(handed)


def test_a_push_is_signed_by_this_database_for_that_service_and_for_an_hour(
    store: Store, service: PushService, pushes: Pushes, clock: FrozenClock
):
    subscribed(store, service)
    pushes.send(message(clock), ANN)
    authorization = service.handed.get(timeout=10).headers["authorization"]
    assert Vapid02.verify(authorization)
    token, key = (part.partition("=")[2] for part in authorization.removeprefix("vapid ").split(","))
    assert key == public_text(private_key(store.secret))
    assert key != public_text(private_key(b"x" * 32))
    assert decode(token, key) == {
        "aud": service.url, "sub": "mailto:ops@example.com", "exp": (clock.now() + HOUR) // SECOND,
    }  # fmt: skip


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_subscribed_no_more_is_forgotten_and_the_others_hear(
    store: Store, service: PushService, pushes: Pushes, clock: FrozenClock, status: int
):
    subscribed(store, service)
    other = subscribed(store, service, "/send/2", "psh_2")
    service.answers["/send/1"] = status
    pushes.send(message(clock), ANN)
    handed: list[Handed] = [service.handed.get(timeout=10) for _ in range(2)]
    assert other.read(next(one for one in handed if one.path == "/send/2"))["id"] == "msg_1"
    assert known(store) == ["psh_2"]
    service.answers["/send/2"] = status
    with pytest.raises(Undeliverable, match="no browser"):
        pushes.send(message(clock), ANN)
    assert known(store) == []


REFUSALS = {429: Unreachable, 500: Unreachable, 503: Unreachable, 400: Undeliverable, 413: Undeliverable,
            302: Undeliverable}  # fmt: skip


def test_what_a_service_does_not_take_is_sent_again_or_dead_and_the_browser_stays(
    store: Store, service: PushService, pushes: Pushes, clock: FrozenClock
):
    subscribed(store, service)
    for status, raised in REFUSALS.items():
        service.answers["/send/1"] = status
        with pytest.raises(raised, match=str(status)) as told:
            pushes.send(message(clock), ANN)
        assert "refund" not in str(told.value)
        assert known(store) == ["psh_1"]


def test_where_one_service_is_away_and_another_refuses_it_is_tried_again(
    store: Store, service: PushService, pushes: Pushes, clock: FrozenClock
):
    for number, status in enumerate((400, 503, 400)):
        subscribed(store, service, f"/send/{number}", f"psh_{number}")
        service.answers[f"/send/{number}"] = status
    with pytest.raises(Unreachable):
        pushes.send(message(clock), ANN)


def test_without_the_operators_word_nothing_on_this_machine_is_reached(
    store: Store, service: PushService, clock: FrozenClock
):
    subscribed(store, service)
    with pytest.raises(Undeliverable):
        Push(Settings("ops@example.com")).at(store, clock.now).send(message(clock), ANN)
    assert service.handed.empty()


@pytest.mark.parametrize(
    "endpoint",
    ["http://push.example/1", "https://push.example", "https://a@push.example/1", "https://push.example:22/1",
     "https://[::1]/1", "ftp://push.example/1", "https://push.example/a b", "https://push.example/\r\nHost: x",
     "http://127.0.0.1/1", "http://localhost:80/1", "https://push.example/" + "x" * 2_000, "", "/send"],
)  # fmt: skip
def test_what_no_browser_says_is_no_subscription(endpoint: str):
    browser = Browser(endpoint)
    with pytest.raises(InvalidValue, match="https address"):
        require_subscription(endpoint, browser.key, browser.secret)


def test_keys_that_no_browser_makes_are_refused():
    browser = Browser("https://push.example/1")
    require_subscription(browser.endpoint, browser.key, browser.secret)
    for key, secret in ((b"\4" * 65, browser.secret), (b"", browser.secret), (browser.key, b"short")):
        with pytest.raises(InvalidValue):
            require_subscription(browser.endpoint, key, secret)
