"""The file of channels is read strictly, and holds no secret itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from handrail.errors import UsageError
from handrail.notify.channel import Address, Undeliverable
from handrail.notify.channels.smtp import MailServer
from handrail.notify.message import Message
from handrail.notify.opening import channels
from handrail.notify.settings import NotifyFileError, read_settings
from handrail.notify.subscription import PushService

MAIL = "smtp: smtp.example.com:587, from: Handrail <handrail@example.com>"


def read(tmp_path: Path, members: str) -> object:
    (tmp_path / "notify.yaml").write_text(f"channels:\n  mail: {{{members}}}\n")
    return read_settings(str(tmp_path / "notify.yaml"))["mail"]


def test_a_mail_server_is_read_with_its_secret_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sender = "Handrail <handrail@example.com>"
    assert read(tmp_path, MAIL) == MailServer("smtp.example.com", 587, sender)
    (tmp_path / "secret").write_text("hunter2\n")
    found = read(tmp_path, f"{MAIL}, security: tls, user: u, password: {{file: {tmp_path / 'secret'}}}")
    assert found == MailServer("smtp.example.com", 587, sender, "tls", "u", "hunter2")
    monkeypatch.setenv("SMTP_PASSWORD", "hunter3")
    found = read(tmp_path, f"{MAIL}, user: u, password: {{env: SMTP_PASSWORD}}")
    assert found == MailServer("smtp.example.com", 587, sender, "starttls", "u", "hunter3")


def test_a_way_to_browsers_is_read_with_whom_push_services_may_write_to(tmp_path: Path):
    assert read(tmp_path, "webpush: ops@example.com") == PushService("ops@example.com")
    assert read(tmp_path, "webpush: ops@example.com, loopback: true") == PushService("ops@example.com", loopback=True)


def test_a_push_is_sent_by_a_running_server_alone(tmp_path: Path):
    (tmp_path / "notify.yaml").write_text("channels: {push: {webpush: ops@example.com}}\n")
    push = channels(str(tmp_path / "notify.yaml"))["push"]
    with pytest.raises(Undeliverable, match="only a running server knows"):
        push.send(Message("msg_1", "test", 0, ""), Address("", "", ""))


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ("from: a@example.com", "not said what kind"),
        ("smtp: smtp.example.com, from: a@example.com", "no host and port"),
        ("smtp: 'smtp.example.com:0', from: a@example.com", "no host and port"),
        ("smtp: 'a b:25', from: a@example.com", "no host and port"),
        ("smtp: 'h:25'", "there is no `from:`"),
        ("smtp: 'h:25', from: nobody", "holds no mail address"),
        ("smtp: 'h:25', from: a@example.com, security: maybe", "none of those there are"),
        (f"{MAIL}, user: u", "go together"),
        (f"{MAIL}, password: {{env: X}}", "go together"),
        (f"{MAIL}, user: u, password: hunter2", "no mapping"),
        (f"{MAIL}, user: u, password: {{env: NOT_THERE_AT_ALL}}", "has no NOT_THERE_AT_ALL"),
        ("webpush: yes", "no mail address"),
        ("webpush: ops@example.com, from: a@example.com", "means nothing"),
        (f"{MAIL}, user: u, password: {{env: A, file: B}}", "not said to stand anywhere"),
        (f"{MAIL}, security: none, user: u, password: {{env: PATH}}", "in the clear"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, members: str, words: str):
    with pytest.raises(NotifyFileError) as caught:
        read(tmp_path, members)
    assert words in str(caught.value)
    assert caught.value.line == 2
    assert "hunter2" not in str(caught.value)


def test_files_that_cannot_be_read_say_so(tmp_path: Path):
    with pytest.raises(UsageError, match="the file of channels"):
        read_settings(str(tmp_path / "none.yaml"))
    with pytest.raises(UsageError, match="cannot be read"):
        read(tmp_path, f"{MAIL}, user: u, password: {{file: /nowhere/at/all}}")


@pytest.mark.parametrize("text", ["", "[]", "channels: []", "channels: {Mail: {}}", "channel: {}"])
def test_a_file_without_channels_is_none(tmp_path: Path, text: str):
    (tmp_path / "notify.yaml").write_text(text)
    with pytest.raises(NotifyFileError):
        read_settings(str(tmp_path / "notify.yaml"))
