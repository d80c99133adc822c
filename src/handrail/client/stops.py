"""What is stopped, as a server tells it."""

from __future__ import annotations

from typing import Final

from ..backend import StopRecord
from ..wire import records
from .transport import Transport

PAGE: Final = 200


class HttpStops:
    """The stops that a server knows."""

    def __init__(self, transport: Transport) -> None:
        self._transport: Final = transport

    def newest(self, *, after: str | None = None, limit: int = 50) -> list[StopRecord]:
        """Stops, newest first, also those that were lifted; at most 200."""
        query = {"limit": min(limit, PAGE), **({"after": after} if after else {})}
        return [records.stop_in(one) for one in self._transport.request("GET", "/v1/stops", query=query)["items"]]

    def one(self, stop: str) -> StopRecord:
        """One stop, with what had started before it. Raises `NotFound`."""
        return records.stop_in(self._transport.request("GET", f"/v1/stops/{stop}"))
