"""Scripted reviewers: what people will answer is written before the code that asks them runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from ..backend import Backend, ReviewRecord
from ..clock import SECOND
from ..codec.canonical import canonical
from ..codec.policies import put_policy
from ..directory.commands import PutGroup, PutPerson
from ..embedded import Database, Embedded, local_agent, solo_person
from ..engine.rehearsal import checked
from ..engine.request import DEFAULT_TENANT
from ..gate.effects import Rest
from ..gate.notice import Notice
from ..ids import mint
from ..policy.asked import environment
from ..policy.register import ID
from ..principal import person
from ..rail import Rail
from ..review import commands as c
from ..stream import JSON
from ..view.model import folds
from .clock import FrozenClock
from .supervising import Supervisors

Way = Callable[[Database], AbstractContextManager[Backend]]


@contextmanager
def _here(database: Database) -> Iterator[Backend]:
    yield Embedded(database, local_agent("agent-under-test", None))


_way: ContextVar[Way] = ContextVar("handrail_way", default=_here)
_place: ContextVar[str] = ContextVar("handrail_place", default=":memory:")


@contextmanager
def by_way_of(way: Way = _here, place: str = ":memory:") -> Iterator[None]:
    """Inside the block, code under test reaches its database in another way, such as through a server, or has it in
    another place: a file, or a PostgreSQL database."""
    tokens = _way.set(way), _place.set(place)
    try:
        yield
    finally:
        _way.reset(tokens[0])
        _place.reset(tokens[1])


class UnexpectedAsk(AssertionError):
    """Gated code asked people about something that the test had not scripted."""


@dataclass
class _Answer:
    """One scripted reaction to one ask of one action; after `last` nothing more is answered for now."""

    action: str
    react: Callable[[ReviewRecord], None]
    last: bool = False


@dataclass
class Reviewers(Supervisors):
    """The people of a test. Each script is used once, in order; what is asked is kept in `asked`, and in
    `waits` the seconds between attempts, for which the clock moves on by itself.

    Without `person(...)` there is one person, as in solo mode; with people, scripts name who answers with `by=`.
    """

    database: Database = field(kw_only=True)
    clock: FrozenClock = field(kw_only=True)
    asked: list[ReviewRecord] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    _answers: list[_Answer] = field(default_factory=list)
    _people: dict[str, Embedded] = field(default_factory=dict)

    def person(self, handle: str, *, groups: tuple[str, ...] = ()) -> None:
        """Add a person who may be asked, such as `person("ann", groups=("treasury",))`."""
        names, boss = self.database.process.engine.names(DEFAULT_TENANT), Embedded(self.database, solo_person)
        for group in groups:
            boss.call(names.group(group), PutGroup(names.look_up("group", group), f"group:{group}"))
        ids = tuple(names.group(group) for group in groups)
        known, someone = mint("usr"), names.look_up("user", handle)
        boss.call(known, PutPerson(someone, None, ids, f"user:{handle}", handle))
        self._people[handle] = Embedded(self.database, lambda _: person(known, "local"))

    def policy(self, text: str) -> None:
        """Apply a policy file's text, as `handrail policy apply` does. Raises `PolicyFileError`."""
        found = checked(text, None)
        Embedded(self.database, solo_person).call(ID, put_policy(text, found.policy))

    def approves(self, action: str, *, note: str | None = None, by: str | None = None) -> None:
        """Script an approval."""
        self._script(action, "approve", by, note)

    def edits(self, action: str, *, note: str | None = None, by: str | None = None, **args: JSON) -> None:
        """Script an approval with other values for some arguments."""
        self._script(action, "edit", by, note, args=args)

    def rejects(self, action: str, *, note: str | None = None, by: str | None = None) -> None:
        """Script a rejection."""
        self._script(action, "reject", by, note)

    def sends_back(self, action: str, *, note: str | None = None, by: str | None = None) -> None:
        """Script a request for changes."""
        self._script(action, "send_back", by, note)

    def answers(self, value: JSON, *, by: str | None = None) -> None:
        """Script the answer to a question of `rail.ask`."""
        self._script("handrail.ask", "answer", by, None, value)

    def decides(self, action: str, outcome: str, *, value: JSON = None, by: str | None = None) -> None:
        """Script any other outcome, such as "retry" or "happened" for an exception."""
        self._script(action, outcome, by, None, value)

    def stays_silent(self, action: str) -> None:
        """Script that nobody answers: the clock moves on to the deadline."""
        self._answers.append(_Answer(action, self._wait_out))

    def leaves_open(self, action: str) -> None:
        """Script that nobody answers for now: the review stays open, and no time passes."""
        self._answers.append(_Answer(action, lambda _: None, last=True))

    def _script(
        self, action: str, outcome: str, by: str | None, note: str | None, value: JSON = None, args: Any = None
    ) -> None:
        def react(record: ReviewRecord) -> None:
            text = canonical({**orjson.loads(record.action.args or "{}"), **args}) if args is not None else None
            seen = folds(record.view) or ()
            command = c.Decide(outcome, record.state.view, note, value, text, seen)  # type: ignore[arg-type]
            self.somebody(by).call(record.state.id, command)

        self._answers.append(_Answer(action, react))

    def somebody(self, by: str | None) -> Embedded:
        """The person of that handle; without one the first."""
        if by is None and not self._people:
            return Embedded(self.database, solo_person)
        return self._people[by or next(iter(self._people))]

    def _wait_out(self, record: ReviewRecord) -> None:
        left = record.state.deadline - self.clock.now()
        self.clock.advance(left / SECOND)

    def react(self, review: str) -> None:
        """Let the scripts answer a review until it is closed. Raises `UnexpectedAsk` where none fits."""
        backend = Embedded(self.database, solo_person)
        while True:
            record = backend.review(review)
            name = record.action.state.name
            if record.state.status not in ("open", "claimed") or record.state.deadline <= self.clock.now():
                return
            found = next((one for one in self._answers if one.action == name), None)
            if found is None:
                raise UnexpectedAsk(f"nobody was scripted to answer {name} {record.action.args}")
            self._answers.remove(found)
            self.asked.append(record)
            found.react(record)
            if found.last:
                return

    @contextmanager
    def answering(self, rail: Rail) -> Iterator[None]:
        """Send a rail's calls to these people inside the block."""
        with _way.get()(self.database) as backend, rail.core.diverted(backend, _ScriptedNotice(self)):
            yield

    def done(self) -> None:
        """Raises `AssertionError` if a script was not used."""
        if self._answers:
            raise AssertionError(f"never asked: {', '.join(one.action for one in self._answers)}")
        if self.moves.unused():
            raise AssertionError("; ".join(self.moves.unused()))


class _ScriptedNotice(Notice):
    """Lets the scripts answer where a person would be told."""

    def __init__(self, reviewers: Reviewers) -> None:
        super().__init__(lambda: Embedded(reviewers.database, solo_person), "", quiet=True)
        self._reviewers: Final = reviewers

    def tell(self, answer: dict[str, Any], *, ask: bool) -> None:
        """Answer by script."""
        self._reviewers.react(str(answer["review"]))

    def rest(self, rest: Rest) -> None:
        """Let the time pass until the next attempt."""
        self._reviewers.waits.append(rest.pause / SECOND)
        self._reviewers.clock.advance(rest.pause / SECOND)

    async def atell(self, answer: dict[str, Any]) -> None:
        """Answer by script."""
        self.tell(answer, ask=False)

    def step(self, run: str, title: str, step: str, *, begun: bool) -> None:
        """Supervise by script."""
        self._reviewers.moves.reached(run, title, step, begun, self._reviewers.somebody)

    def paused(self, run: str, title: str, reason: str) -> None:
        """Let it go on by script."""
        self._reviewers.moves.held(run, title, self._reviewers.somebody)


@contextmanager
def reviewers(*, env: str | None = None) -> Iterator[Reviewers]:
    """Scripted reviewers on a database in memory, for several rails; fails for scripts that were not used. `env` is
    what conditions of a policy see."""
    clock = FrozenClock()
    database = Database(_place.get(), clock, env=environment(env))
    found = Reviewers(database=database, clock=clock)
    try:
        yield found
        found.done()
    finally:
        database.close()


@contextmanager
def reviewing(rail: Rail, *, env: str | None = None) -> Iterator[Reviewers]:
    """Send a rail's calls to a database in memory with scripted reviewers, and fail for scripts that were not used."""
    with reviewers(env=env) as found, found.answering(rail):
        yield found
