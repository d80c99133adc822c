"""At which moments people are told something: pure, and kept with the change itself."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from ..directory.model import Directory
from ..review import events as reviewed
from ..review.model import Review
from ..run import events as ran
from ..run.model import Run
from ..store.outbox import Notice
from ..stream import Sealed

WHAT: Final[Mapping[type[Any], str]] = {
    reviewed.Opened: "asked",
    reviewed.Edited: "asked",
    reviewed.Revoked: "asked",
    reviewed.Delegated: "asked",
    reviewed.Reminded: "reminded",
    reviewed.Escalated: "escalated",
    reviewed.Decided: "handled",
    reviewed.Expired: "expired",
    reviewed.Withdrawn: "closed",
    reviewed.Superseded: "closed",
    ran.Paused: "alarm",
    ran.Stopped: "stopped",
    ran.Failed: "failed",
    ran.Lapsed: "lost",
}
"""What people hear of an event; of the others they hear nothing."""


class Moment(NamedTuple):
    """Something that people hear of: everybody concerned, or one person. `at` is in µs."""

    sub: str
    rev: int
    what: str
    level: int
    person: str
    at: int


def moment(before: object, state: Any, sealed: Sealed[Any]) -> Moment | None:
    """What people hear of an event, if anything; `before` and `state` are the stream around it."""
    what, event = WHAT.get(type(sealed.event)), sealed.event
    if what is None:
        return None
    level = state.level if isinstance(state, Review) else 0
    if isinstance(event, reviewed.Escalated) and isinstance(before, Review) and before.level == level:
        return None
    if isinstance(state, Run) and (not state.supervisors or (what == "alarm" and event.monitor is None)):
        return None
    person = event.to if isinstance(event, reviewed.Delegated) else ""
    return Moment(state.id, sealed.rev, what, level, person, sealed.at)


def notices(moments: Iterable[Moment], directory: Directory) -> Iterator[Notice]:
    """One notice for each channel on which somebody could hear of it."""
    for one in moments:
        for channel in sorted(directory.ways(one.person)):
            yield Notice(one.sub, one.rev, one.what, one.level, channel, one.person, one.at, one.at)
