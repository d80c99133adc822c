"""What those who send messages ask the rest of the product: who is concerned, how it stands, where it is decided."""

from __future__ import annotations

from collections.abc import Callable

from ..action.model import Action
from ..codec.calendar import tell_at
from ..directory.telling import SILENT, Telling
from ..directory.times import Times
from ..engine.archive import Archive
from ..engine.inbox import Inbox
from ..engine.reads import read_active
from ..notify.lookup import About
from ..policy.rules import Policy
from ..review.model import OPEN, Review
from ..run.model import Run
from ..store.outbox import Parcel
from ..store.protocol import Reader
from .personal_links import personal_link


class Told:
    """One tenant, as it stands whenever it is asked. `origin` is where browsers find the server."""

    def __init__(self, archive: Archive, origin: str, now: Callable[[], int]) -> None:
        self._archive, self._origin, self._now = archive, origin, now

    def about(self, parcel: Parcel) -> About | None:
        """How the review or run stands."""
        with self._archive.read() as reader:
            state = self._archive.state_in(reader, parcel.sub)
            match state:
                case Review():
                    return self._review(reader, state)
                case Run():
                    by = state.control.by if state.control and state.status == "stopped" else ""
                    return About(False, "run", by=by, who=self._called(by), why=state.alarm or "")
                case _:
                    return None

    def _review(self, reader: Reader, state: Review) -> About:
        by = state.decision.by if state.decision else ""
        waits = state.status in OPEN and self._now() < state.deadline
        return About(waits, state.kind, self._name(reader, state), by, self._called(by), until=state.deadline)

    def _called(self, by: str) -> str:
        label = self._archive.directory().labels.get(by)
        name = label.get("name") if isinstance(label, dict) else None
        return str(name) if name else self._archive.name(by) if by else ""

    def _name(self, reader: Reader, state: Review) -> str:
        """The action's name where people wrote it into the policy: any other is the agent's choice of words."""
        action = self._archive.state_in(reader, state.action)
        policy = read_active(reader, self._archive.tenant)
        names = {rule.action for rule in policy.rules} if isinstance(policy, Policy) else ()
        return action.name if isinstance(action, Action) and action.name in names else ""

    def concerned(self, parcel: Parcel) -> frozenset[str]:
        """Who is asked about a review, or supervises a run, apart from who has stopped it."""
        with self._archive.read() as reader:
            state = self._archive.state_in(reader, parcel.sub)
            match state:
                case Review():
                    return self._asked(reader, state, parcel)
                case Run():
                    return self._supervisors(state) - {state.control.by if state.control else ""}
                case _:
                    return frozenset()

    def _asked(self, reader: Reader, state: Review, parcel: Parcel) -> frozenset[str]:
        """Who is asked up to the level of the parcel and has not voted; after an escalation only the new ones."""
        inbox = Inbox(self._archive)
        (material,) = inbox.materials(reader, [state])
        people = inbox.rows_in(reader).people(material)
        found = people.reached(state, parcel.level) - {vote.by for vote in state.votes}
        return found - people.reached(state, parcel.level - 1) if parcel.what == "escalated" else found

    def _supervisors(self, state: Run) -> frozenset[str]:
        directory = self._archive.directory()
        return frozenset(one for one in directory.people if not directory.asked_as(one).isdisjoint(state.supervisors))

    def telling(self, parcel: Parcel) -> Telling:
        """How a person is told; somebody who left is not."""
        return self._archive.directory().tellings.get(parcel.person, SILENT)

    def zone(self, parcel: Parcel) -> str:
        """The zone of the hours that a person keeps; UTC where they keep none."""
        times = self._times(parcel)
        kept = (times.hours or times.quiet) if times else None
        return kept.zone if kept else "UTC"

    def quiet(self, parcel: Parcel, now: int) -> int:
        """The next time at which a person may be told something."""
        return tell_at(self._times(parcel), now)

    def _times(self, parcel: Parcel) -> Times | None:
        return self._archive.directory().times.get(parcel.person)

    def link(self, parcel: Parcel) -> str:
        """The way to the run, or to the review for that person alone, until a while after it ends."""
        if parcel.sub.startswith("run_"):
            return f"{self._origin}/oversight/{parcel.sub}"
        return f"{self._origin}/d/{personal_link(self._archive.secret, parcel.sub, parcel.person, self._now())}"

    def overview(self) -> str:
        """The list of what waits for whoever opens it."""
        return f"{self._origin}/d"
