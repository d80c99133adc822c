"""A mail server on this machine that delivers nothing: it keeps what the demo's people would get, for its page."""

from __future__ import annotations

import socket
import threading
from asyncio import AbstractServer
from collections import deque
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from handrail.clock import SystemClock, to_datetime

HOST: Final = "127.0.0.1"
SENDER: Final = "Copper Kettle <handrail@copper-kettle.example>"
KEPT: Final = 200
"""So many mails are kept, the newest."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail; `at` is when it came, as a clock shows it here."""

    to: str
    at: str
    subject: str
    lines: tuple[str, ...]


class Mailbox:
    """What came, the newest first."""

    def __init__(self) -> None:
        self._mails: Final[deque[Mail]] = deque(maxlen=KEPT)
        self._lock: Final = threading.Lock()

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802
        """A mail is there."""
        found = message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(found, EmailMessage)
        with self._lock:
            self._mails.appendleft(_read(found))
        return "250 OK"

    def mails(self) -> list[Mail]:
        """Everything that is kept."""
        with self._lock:
            return list(self._mails)


def _read(mail: EmailMessage) -> Mail:
    at = to_datetime(SystemClock().now()).astimezone()
    lines = tuple(line for line in str(mail.get_content()).splitlines() if line)
    return Mail(str(mail["To"]), f"{at:%H:%M:%S}", str(mail["Subject"]), lines[1:])


class _Server(Controller):
    """Listens at a port that is free."""

    def __init__(self, box: Mailbox) -> None:
        self._ear: Final = socket.create_server((HOST, 0))
        super().__init__(box, hostname=HOST, port=self._ear.getsockname()[1])

    def _create_server(self) -> Coroutine[Any, Any, AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._ear)


@contextmanager
def open_for(settings: Path) -> Iterator[Mailbox]:
    """The mail server at work; how to reach it is written to a file of channels."""
    box = Mailbox()
    server = _Server(box)
    server.start()
    try:
        lines = ("channels:", "  mail:", f"    smtp: {HOST}:{server.port}", f"    from: {SENDER}", "    security: none")
        settings.write_text("\n".join([*lines, ""]), "utf-8")
        yield box
    finally:
        server.stop()
