"""`Feedback` over HTTP."""

from __future__ import annotations

from typing import Any, Final

import orjson

from ..backend import ConsumerLease, Decisions, Example, Wait, WaitScore
from ..errors import NotFound, UnknownReview
from ..wire import records
from .transport import Transport


class HttpFeedback:
    """What people decided before, as far as the server shows it to this key or session."""

    patience: Final = 20.0

    def __init__(self, transport: Transport) -> None:
        self._transport: Final = transport

    def decisions(
        self, after: int | None, *, limit: int = 50, consumer: str | None = None, timeout: float | None = 0
    ) -> Decisions:
        """What was decided behind a position of the log, or behind what the consumer acknowledged."""
        given: dict[str, Any] = {"after": after, "limit": min(limit, 200), "consumer": consumer}
        query = {name: value for name, value in given.items() if value is not None}
        found = self._transport.request("GET", "/v1/decisions", query=query, wait=int(timeout or 0))
        items = tuple(records.decided_in(one) for one in found["items"])
        return Decisions(items, found["next"], found["more"], found["newest"], found["cursor"])

    def expected_wait(self, review: str) -> Wait | None:
        """How long a review will probably still wait. Raises `UnknownReview`."""
        try:
            return records.wait_in(self._transport.request("GET", f"/v1/reviews/{review}/wait")["estimated_wait"])
        except NotFound as error:
            raise UnknownReview(str(error)) from None

    def wait_score(self) -> WaitScore:
        """How well waits were foretold lately."""
        return WaitScore(**self._transport.request("GET", "/v1/waits"))

    def lease(self, consumer: str, holder: str, seconds: int) -> ConsumerLease:
        """Hold the name of a consumer, or go on holding it, unless another does."""
        body = {"consumer": consumer, "holder": holder, "seconds": seconds}
        return ConsumerLease(**self._transport.request("POST", "/v1/decisions/lease", body))

    def acknowledge(self, consumer: str, position: int, fence: int | None = None) -> None:
        """Note that a consumer is done with everything up to there. Raises `FencedOff`."""
        body = {"consumer": consumer, "position": position, "fence": fence}
        self._transport.request("POST", "/v1/decisions/acknowledged", body)

    def examples(self, name: str, args: str | None, limit: int) -> list[Example]:
        """Past decisions about actions of that name, the most alike first."""
        body = {"name": name, "args": orjson.loads(args) if args else None, "limit": limit}
        found = self._transport.request("POST", "/v1/decisions/examples", body)
        return [Example(records.decided_in(one["decided"]), one["alike"]) for one in found["items"]]
