"""Webhooks are signed as Standard Webhooks says, checked here by its own library."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path

import orjson
import pytest
from standardwebhooks.webhooks import Webhook as Standard
from standardwebhooks.webhooks import WebhookVerificationError

from handrail.clock import SystemClock
from handrail.errors import UsageError
from handrail.notify.channel import Address, Undeliverable, Unreachable
from handrail.notify.channels.chat import Apprise, Chat
from handrail.notify.channels.webhook import Hook, Webhook, key_of
from handrail.notify.message import Message
from handrail.notify.opening import channels
from handrail.notify.settings import NotifyFileError
from tests.notify.mailbox import HOST, free_port
from tests.notify.receiver import receiver

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
"""Apprise loads it where it is there."""
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
ASKED = Message("msg_1", "asked", 0, "https://hand.rail/d/lnk_1", "approval", "payments.refund", until=60_000_000)
ANN = Address("default", "usr_ann", "")


def hook(port: int) -> Webhook:
    return Webhook(Hook(f"http://{HOST}:{port}/in", key_of(SECRET), loopback=True), SystemClock())


def test_a_receiver_can_check_what_it_gets_with_the_library_of_the_standard():
    with receiver() as found:
        hook(found.port).send(ASKED, ANN)
        headers, body = found.came.get(timeout=20)
    lower = {name.lower(): value for name, value in headers.items()}
    assert lower["webhook-id"] == "msg_1"
    assert Standard(SECRET).verify(body, lower) == orjson.loads(body)
    for changed in (body.replace(b"approval", b"question"), body + b" "):
        with pytest.raises(WebhookVerificationError):
            Standard(SECRET).verify(changed, lower)
    with pytest.raises(WebhookVerificationError):
        Standard("whsec_" + base64.b64encode(b"x" * 32).decode()).verify(body, lower)


def test_it_says_what_who_until_when_and_where():
    with receiver() as found:
        hook(found.port).send(replace(ASKED, what="handled", who="Ann Doe", until=None), ANN)
        _, body = found.came.get(timeout=20)
    assert orjson.loads(body) == {
        "type": "review.handled",
        "timestamp": "1970-01-01T00:00:00+00:00",
        "data": {
            "person": "usr_ann", "until": None, "link": "https://hand.rail/d/lnk_1", "kind": "approval",
            "title": "Handled by Ann Doe, an approval: payments.refund", "name": "payments.refund", "who": "Ann Doe",
            "why": "", "count": 1, "others": 0,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "raised"), [(500, Unreachable), (429, Unreachable), (404, Unreachable), (410, Undeliverable)]
)
def test_only_a_receiver_that_is_gone_is_given_up_at_once(status: int, raised: type[Exception]):
    with receiver() as found:
        found.status = status
        with pytest.raises(raised, match=str(status)):
            hook(found.port).send(ASKED, ANN)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_abc", "k" * 40, "whsec_" + "A" * 8, "whsec_" + "!" * 40])
def test_a_secret_that_is_none_is_refused(secret: str):
    with pytest.raises(ValueError, match="whsec_"):
        key_of(secret)


def test_apprise_hands_a_message_to_whatever_it_knows():
    with receiver() as found:
        found.status = 200
        Apprise(Chat(f"json://{HOST}:{found.port}/")).send(ASKED, ANN)
        _, body = found.came.get(timeout=20)
    said = orjson.loads(body)
    assert said["title"] == "You are asked about an approval: payments.refund"
    assert said["message"].splitlines() == ["Until Thu 01 Jan 1970, 00:01 (UTC)", "https://hand.rail/d/lnk_1"]
    with pytest.raises(Unreachable):
        Apprise(Chat(f"json://{HOST}:{free_port()}/")).send(ASKED, ANN)


def test_an_address_that_apprise_does_not_know_is_refused_and_not_told():
    with pytest.raises(UsageError) as error:
        Apprise(Chat("nosuch://hunter2"))
    assert "hunter2" not in str(error.value)
    assert "hunter2" not in repr(Chat("hunter2")) + repr(Hook("hunter2", b""))


def write(tmp_path: Path, members: str) -> str:
    (tmp_path / "notify.yaml").write_text(f"channels:\n  pager: {{{members}}}\n")
    return str(tmp_path / "notify.yaml")


def test_the_file_of_channels_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("HOOK_URL", "https://example.com/secret/path")
    monkeypatch.setenv("CHAT", "json://example.com/")
    made = channels(write(tmp_path, "webhook: {env: HOOK_URL}, secret: {env: HOOK_SECRET}"))
    assert isinstance(made["pager"], Webhook)
    assert isinstance(channels(write(tmp_path, "apprise: {env: CHAT}"))["pager"], Apprise)
    assert channels(None) == {}


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ("webhook: 'https://example.com/'", "there is no `secret:`"),
        ("webhook: 'http://example.com/', secret: {env: HOOK_SECRET}", "not https"),
        (f"webhook: 'http://{HOST}/', secret: {{env: HOOK_SECRET}}", "not https"),
        ("webhook: 'https://example.com/', secret: {env: HOME}", "whsec_"),
        ("webhook: 'https://a:b@example.com/', secret: {env: HOOK_SECRET}", "user or password"),
        ("webhook: 'https://example.com/', secret: whsec_abc", "no mapping"),
        ("apprise: 'json://example.com/'", "no mapping"),
        ("webhook: x, apprise: {env: CHAT}", "what kind"),
        ("apprise: {env: CHAT}, secret: {env: HOOK_SECRET}", "means nothing"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, members: str, words: str):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    monkeypatch.setenv("CHAT", "json://example.com/")
    with pytest.raises(NotifyFileError, match=words):
        channels(write(tmp_path, members))
