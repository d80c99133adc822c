"""The operator's file of channels, `notify.yaml`: YAML 1.2, read strictly. Secrets stand elsewhere, and it says where.

channels:
  mail:
    smtp: smtp.example.com:587
    from: Handrail <handrail@example.com>
    user: handrail
    password: {env: SMTP_PASSWORD}
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Final

from ruamel.yaml.nodes import Node, ScalarNode

from ..codec.people_telling import CHANNEL
from ..codec.strict_yaml import Wrong, members, named, parsed, plain, said, text, wrong
from ..errors import UsageError
from .channel import Undeliverable
from .channels.chat import Chat
from .channels.smtp import SECURITY, MailServer
from .channels.webhook import Hook, key_of
from .guarded import target
from .subscription import PushService

LONGEST: Final = 4096
"""Characters of a secret."""
_HOST: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\]")
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+'=/-]{1,64}@[A-Za-z0-9.-]{1,253}")

Settings = MailServer | Hook | Chat | PushService


class NotifyFileError(UsageError):
    """A file of channels that cannot be meant. `line` counts from 1; `fix` says what to write."""

    code = "notify_file"

    def __init__(self, line: int, problem: str, fix: str) -> None:
        super().__init__(f"line {line}: {problem}; {fix}")
        self.line, self.problem, self.fix = line, problem, fix


def read_settings(path: str) -> dict[str, Settings]:
    """The channels of a file by their names. Raises `NotifyFileError`, and `UsageError` for what cannot be read."""
    try:
        return _channels(_text(path, "the file of channels"))
    except Wrong as found:
        raise NotifyFileError(found.line, found.problem, found.fix) from None


def _text(path: str, what: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{what}, {path!a}, cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{what}, {path!a}, is no UTF-8 text") from None


def _channels(source: str) -> dict[str, Settings]:
    root = parsed(source)
    found = members(root, ("channels",), "the file").get("channels")
    if found is None:
        wrong(root, "there is no `channels:`", "begin with `channels:` and `  mail:` below it")
    channels: dict[str, Settings] = {}
    for name, key, value in named(found, "`channels:`"):
        if not CHANNEL.fullmatch(name):
            wrong(key, f"{said(name)} names no channel", "use small letters, digits, - and _, as in mail")
        channels[name] = _channel(value)
    return channels


def _channel(node: Node) -> Settings:
    found = members(node, _KEYS, "a channel")
    kinds = [one for one in _KINDS if one in found]
    if len(kinds) != 1:
        wrong(node, "it is not said what kind of channel this is", f"give one of {', '.join(_KINDS)}")
    keys, read = _KINDS[kinds[0]]
    for key, one in found.items():
        if key not in keys:
            wrong(one, f"`{key}` means nothing for `{kinds[0]}`", f"known there are {', '.join(keys)}")
    return read(node, found)


def _mail(node: Node, found: Mapping[str, Node]) -> MailServer:
    host, port = _place(found["smtp"])
    if "from" not in found:
        wrong(node, "there is no `from:`", "write from: Handrail <handrail@example.com>")
    sender = text(found["from"], "from")
    if not _ADDRESS.fullmatch(parseaddr(sender)[1]):
        wrong(found["from"], "`from` holds no mail address", "write from: Handrail <handrail@example.com>")
    given = text(found["security"], "security") if "security" in found else "starttls"
    security = next((one for one in SECURITY if one == given), None)
    if security is None:
        wrong(found["security"], "`security` is none of those there are", f"write {', '.join(SECURITY)}")
    user = text(found["user"], "user") if "user" in found else ""
    if bool(user) != ("password" in found):
        wrong(node, "a user and a password go together", "give both, or none of them")
    if user and security == "none":
        wrong(node, "the password would go over the network in the clear", "take `security: starttls`")
    password = secret(found["password"], "password") if user else ""
    return MailServer(host, port, sender, security, user, password)


def _place(node: Node) -> tuple[str, int]:
    host, separator, port = text(node, "smtp").rpartition(":")
    if not separator or not _HOST.fullmatch(host) or not port.isdecimal() or not 0 < int(port) < 65536:
        wrong(node, "`smtp` is no host and port", "write smtp: smtp.example.com:587")
    return host.strip("[]"), int(port)


def _hook(node: Node, found: Mapping[str, Node]) -> Hook:
    if "secret" not in found:
        wrong(node, "there is no `secret:`", "write secret: {env: NAME}, with the receiver's whsec_… in it")
    loopback = _loopback(found)
    given = found["webhook"]
    url = text(given, "webhook", LONGEST) if isinstance(given, ScalarNode) else secret(given, "webhook")
    try:
        target(url, loopback=loopback)
        key = key_of(secret(found["secret"], "secret"))
    except (Undeliverable, ValueError) as error:
        wrong(node, str(error), "write webhook: https://example.com/hook, and a secret that begins with whsec_")
    return Hook(url, key, loopback)


def _push(_: Node, found: Mapping[str, Node]) -> PushService:
    contact = text(found["webpush"], "webpush")
    if not _ADDRESS.fullmatch(contact):
        wrong(
            found["webpush"], "`webpush` is no mail address", "write webpush: ops@example.com, to whom services write"
        )
    return PushService(contact, _loopback(found))


def _loopback(found: Mapping[str, Node]) -> bool:
    return "loopback" in found and plain(found["loopback"], "loopback") is True


def _chat(_: Node, found: Mapping[str, Node]) -> Chat:
    return Chat(secret(found["apprise"], "apprise"))


def secret(node: Node, what: str) -> str:
    """A secret from where the file says that it stands. Raises `Wrong` and `UsageError`."""
    found = members(node, ("env", "file"), f"`{what}`")
    if len(found) != 1:
        wrong(node, f"`{what}` is not said to stand anywhere", f"write {what}: {{env: NAME}} or {what}: {{file: PATH}}")
    if "env" in found:
        name = text(found["env"], "env")
        value = os.environ.get(name, "")
        if not value:
            wrong(found["env"], f"the environment has no {name}", "set it where the server is started")
    else:
        value = _text(text(found["file"], "file", LONGEST), f"`{what}`").strip()
    if not value or len(value) > LONGEST or not value.isprintable():
        wrong(node, f"what stands there is no secret for `{what}`", "keep one line there, and nothing else")
    return value


_KINDS: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Node, Mapping[str, Node]], Settings]]]] = {
    "smtp": (("smtp", "from", "security", "user", "password"), _mail),
    "webhook": (("webhook", "secret", "loopback"), _hook),
    "apprise": (("apprise",), _chat),
    "webpush": (("webpush", "loopback"), _push),
}
_KEYS: Final = tuple(dict.fromkeys(key for keys, _ in _KINDS.values() for key in keys))
