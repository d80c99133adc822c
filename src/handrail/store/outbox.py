"""Where what people are to be told waits until it was sent: by ids alone, so that nothing in it is about anybody."""

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol

Status = Literal["waiting", "sent", "dead"]


class Notice(NamedTuple):
    """Something to tell one person on one channel; without a person, everybody concerned. `rev` is that of the entry
    that caused it, `level` the rung of the ladder; times are µs."""

    sub: str
    rev: int
    what: str
    level: int
    channel: str
    person: str
    at: int
    due_at: int


class Parcel(NamedTuple):
    """A notice as it is kept, and what became of it. `error` is the code of the last failure."""

    id: int
    tenant: str
    sub: str
    rev: int
    what: str
    level: int
    channel: str
    person: str
    at: int
    due_at: int
    status: Status
    tries: int
    sent_at: int | None
    error: str | None


class Count(NamedTuple):
    """How many parcels of a channel stand so, and since when (µs) the oldest waits for its end."""

    channel: str
    status: Status
    number: int
    oldest: int


class Outbox(Protocol):
    """Reads and writes within one transaction."""

    def due(self, channel: str, now: int, limit: int) -> list[Parcel]:
        """What waits on a channel and is due, longest first."""

    def next_due(self, channel: str) -> int | None:
        """When the next parcel of a channel is due."""

    def about(self, tenant: str, sub: str, channel: str) -> list[Parcel]:
        """Everything kept about one stream on one channel, in order."""

    def sent_since(self, tenant: str, channel: str, person: str, since: int) -> list[int]:
        """When (µs) somebody was told something on a channel since then, each moment once, in order."""

    def put(self, tenant: str, notices: Sequence[Notice]) -> None:
        """Add notices."""

    def drop(self, ids: Sequence[int]) -> None:
        """Forget parcels."""

    def move(self, ids: Sequence[int], due_at: int) -> None:
        """Let parcels wait until then (µs)."""

    def sent(self, ids: Sequence[int], at: int) -> None:
        """Note that parcels were sent."""

    def failed(self, id_: int, due_at: int | None, error: str) -> None:
        """Note a try that failed: tried again then (µs), or dead."""

    def counts(self) -> list[Count]:
        """How everything stands, by channel and status."""

    def redrive(self, channel: str | None, now: int) -> int:
        """Let what is dead wait again, as if it had not been tried; how many."""
