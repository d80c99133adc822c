"""Connections that are cut when a request takes too long to arrive."""

from __future__ import annotations

import asyncio
from typing import Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from .settings import Settings

AFTER: Final = 2.0
"""Seconds more than the application gives a body, which it answers for; then the connection is cut."""


def patient(settings: Settings) -> type[H11Protocol]:
    """The protocol with the times of these settings."""
    return type("Patience", (Patient,), {"head": settings.head, "body": settings.arrival + AFTER})


class Patient(H11Protocol):
    """HTTP/1.1 with deadlines (seconds) for a request's head and body, which sending a little does not move."""

    head: float
    body: float
    _deadline: asyncio.TimerHandle | None = None
    _awaited: object = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The first request is awaited."""
        super().connection_made(transport)
        self._await(h11.IDLE)

    def data_received(self, data: bytes) -> None:
        """A part of a request has come."""
        super().data_received(data)
        coming = self.conn.their_state
        partial = coming is h11.SEND_BODY or (coming is h11.IDLE and bool(self.conn.trailing_data[0]))
        self._await(coming if partial else None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is awaited any more."""
        self._await(None)
        super().connection_lost(exc)

    def _await(self, what: object) -> None:
        """Begin to await a head or a body, or go on with it."""
        if what is self._awaited:
            return
        if self._deadline is not None:
            self._deadline.cancel()
        self._awaited = what
        seconds = self.head if what is h11.IDLE else self.body
        self._deadline = self.loop.call_later(seconds, self._cut) if what is not None else None

    def _cut(self) -> None:
        self.transport.abort()
