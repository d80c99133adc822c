"""Reads for people and programs: records with their texts, histories, lists. Nothing here changes anything."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final, NamedTuple, Protocol

import orjson

from ..action.commands import Propose
from ..action.digest import action_digest
from ..action.execution import require_going
from ..action.model import Action
from ..action.work import Take
from ..audit.disclosure import open_disclosure
from ..audit.entry import parse_entry
from ..backend import ActionRecord, Decision, Event, Failing, PolicyRecord, ReviewRecord, Text
from ..codec.records import State, read_state
from ..directory.model import Directory
from ..errors import UnknownAction, UnknownReview, UnknownRun, WrongBytes
from ..ids import Keyed
from ..policy.register import ID as ACTIVE
from ..policy.register import ActivePolicy
from ..principal import Principal
from ..review.model import Review
from ..run.events import OBSERVATIONS
from ..run.model import Run
from ..store.protocol import Entry, Reader, Revision, Stream
from ..view.model import Erased
from . import lineage
from .batch import identity
from .engine import Engine
from .reads import read_directory
from .request import DEFAULT_TENANT, tenant_secret
from .rows import alike
from .taking import waits


class Opened(Protocol):
    """What the archive needs of the process: its engine."""

    @property
    def engine(self) -> Engine: ...


class _Snapshot(NamedTuple):
    """The lives that a snapshot holds."""

    archive: Archive
    reader: Reader

    def state(self, subject: str) -> State | None:
        """A stream's state."""
        return self.archive.state_in(self.reader, subject)

    def waiting(self, run: str) -> frozenset[str]:
        """The actions of a run that are held or unknown, or some of them."""
        return frozenset(row.id for row in self.reader.page(self.archive.tenant, "action", parent=run, limit=2))


class Archive:
    """The reading half of the embedded backend."""

    def __init__(self, process: Callable[[], Opened], tenant: str = DEFAULT_TENANT) -> None:
        self._process: Final = process
        self._tenant: Final = tenant
        self._directory: tuple[int, Directory] | None = None

    @property
    def tenant(self) -> str:
        """Whose records these are."""
        return self._tenant

    @property
    def secret(self) -> bytes:
        """The secret under which this tenant's names are hashed."""
        return tenant_secret(self._process().engine.store.secret, self._tenant)

    def now(self) -> int:
        """The present (µs)."""
        return self._process().engine.clock.now()

    def read(self) -> AbstractContextManager[Reader]:
        """One snapshot of the database."""
        return self._process().engine.store.read()

    def glance(self) -> AbstractContextManager[Reader]:
        """A reader for a row, and for what never changes."""
        return self._process().engine.store.glance()

    def state(self, subject: str) -> State | None:
        """A stream's present state."""
        with self.glance() as reader:
            return self.state_in(reader, subject)

    def state_in(self, reader: Reader, subject: str) -> State | None:
        """A stream's state, as a snapshot holds it."""
        rows = reader.streams(self._tenant, (subject,))
        return read_state(rows[0].kind, rows[0].state) if rows else None

    def finds(self, agent: str, command_id: str, command: Propose) -> bool:
        """Whether a proposal was answered before, or leads to an action that is there: then it asks for nothing new."""
        secret = self._process().engine.store.secret
        key = identity(secret, agent, command, Keyed(secret)(f"{command.name}\n{command.args}".encode()))
        with self.read() as reader:
            if reader.answers(self._tenant, (command_id,)):
                return True
            known = reader.call(self._tenant, key) if key else None
            state = self.state_in(reader, known.action) if known else None
        return isinstance(state, Action) and state.status != "withdrawn"

    def beginning(self, prefix: str, limit: int) -> list[str]:
        """The ids of streams that begin with `prefix`, in order."""
        with self.read() as reader:
            return reader.beginning(self._tenant, prefix, limit)

    def offers(self, command: Take) -> bool:
        """Whether there may be something for a worker to take."""
        with self.read() as reader:
            return waits(reader, self._tenant, command)

    def size(self) -> int:
        """How many entries the log has."""
        with self.glance() as reader:
            head = reader.head(self._tenant)
            return head.size if head else 0

    def action(self, action: str) -> ActionRecord:
        """One action with its texts. Raises `UnknownAction`."""
        with self.read() as reader:
            return self._action(reader, action)

    def _action(self, reader: Reader, action: str) -> ActionRecord:
        state = self.state_in(reader, action)
        if not isinstance(state, Action):
            raise UnknownAction(f"no action {action} is in this database: check the id")
        kept = reader.revision(self._tenant, action, state.revision)
        return ActionRecord(
            state, kept.args if kept else None, self.text_in(reader, action, state.context),
            self.text_in(reader, action, state.story), self.text_in(reader, action, state.outcome),
            reader.blob(self._tenant, state.schema), self.first_in(reader, state),
            reader.blob(self._tenant, state.returns) if state.returns else None,
        )  # fmt: skip

    def first_in(self, reader: Reader, action: Action) -> str | None:
        """The action that people are to decide on before this one starts, as a snapshot holds it."""
        return lineage.first(_Snapshot(self, reader), action)

    def text_in(self, reader: Reader, subject: str, digest: str | None) -> Text:
        """An erasable text of a stream, as a snapshot holds it."""
        if digest is None:
            return None
        found = reader.text(self._tenant, subject, digest)
        if found is None:
            return Erased(digest)
        value: Text = orjson.loads(open_disclosure(found).value)
        return value

    def review(self, review: str) -> ReviewRecord:
        """One review with its action. Raises `UnknownReview`."""
        with self.read() as reader:
            state = self.state_in(reader, review)
            if not isinstance(state, Review):
                raise UnknownReview(f"no review {review} is in this database: check the id")
            return self._review(reader, state)

    def _review(self, reader: Reader, state: Review) -> ReviewRecord:
        first = reader.revision(self._tenant, state.action, 1) if state.revision > 1 else None
        action = self._action(reader, state.action)
        return ReviewRecord(
            state, action, self.text_in(reader, state.id, state.view), first.args if first else None,
            self._decision(reader, state), alike(self.secret, state, action.state, action.args),
        )  # fmt: skip

    def _decision(self, reader: Reader, state: Review) -> Decision | None:
        made = state.decision
        if made is None:
            return None
        note = self.text_in(reader, state.id, made.note)
        return Decision(
            made.outcome, self.name(made.by), made.auth, made.at, note if isinstance(note, str) else None,
            self.text_in(reader, state.id, made.value), state.revision > 1, state.id,
        )  # fmt: skip

    def run(self, run: str) -> tuple[Run, Text]:
        """One run and its title. Raises `UnknownRun`."""
        with self.read() as reader:
            state = self.run_in(reader, run)
            return state, self.text_in(reader, run, state.title)

    def run_in(self, reader: Reader, run: str) -> Run:
        """One run, as a snapshot holds it. Raises `UnknownRun`."""
        state = self.state_in(reader, run)
        if not isinstance(state, Run):
            raise UnknownRun(f"no run {run} is in this database: check the id")
        return state

    def policy(self) -> PolicyRecord | None:
        """The active policy with its text."""
        with self.read() as reader:
            state = self.state_in(reader, ACTIVE)
            if not isinstance(state, ActivePolicy):
                return None
            return PolicyRecord(state, reader.blob(self._tenant, state.digest))

    def waiting(self, after: str | None, limit: int, failing: Failing | None = None) -> list[ReviewRecord]:
        """Open reviews, by risk and age; with `failing` those after such failures."""
        with self.read() as reader:
            if failing is None:
                found = self.page_in(reader, "review", after, limit, waiting=True)
            else:
                by, value = failing
                found = _states(reader.failing(self._tenant, by, value, self._place(reader, after), limit))
            return [self._review(reader, state) for state in found if isinstance(state, Review)]

    def newest(self, kind: str, after: str | None, limit: int) -> list[Any]:
        """Lives of one kind, newest first."""
        with self.read() as reader:
            return self.page_in(reader, kind, after, limit)

    def page_in(
        self, reader: Reader, kind: str, after: str | None, limit: int, *, waiting: bool = False, ended: bool = False
    ) -> list[State]:
        """A page of lives behind the one with that id, as a snapshot holds it."""
        place = self._place(reader, after)
        return _states(reader.page(self._tenant, kind, waiting=waiting, ended=ended, after=place, limit=limit))

    def _place(self, reader: Reader, after: str | None) -> tuple[int, int, str] | None:
        rows = reader.streams(self._tenant, (after,)) if after else []
        return (rows[0].rank, rows[0].born, rows[0].id) if rows else None

    def granted(self, action: str, bind: str, fence: int) -> str:
        """The arguments of the call that was started on these bytes, read back and hashed again. Raises `WrongBytes`
        if they are others, and `FencedOff` once somebody else goes on with the action."""
        with self.glance() as reader:
            state, kept = self._standing(reader, action)
        if isinstance(state, Action):
            require_going(state, bind, fence)
        return self._grant(action, state, kept)[0]

    def grant(self, action: str) -> tuple[str, bytes, str]:
        """The arguments that may run now, their salt, and the digest that binds them. Raises `WrongBytes`."""
        with self.glance() as reader:
            return self._grant(action, *self._standing(reader, action))

    def _standing(self, reader: Reader, action: str) -> tuple[State | None, Revision | None]:
        found = reader.standing(self._tenant, action)
        return (read_state(found[0].kind, found[0].state), found[1]) if found else (None, None)

    def _grant(self, action: str, state: State | None, kept: Revision | None) -> tuple[str, bytes, str]:
        if not isinstance(state, Action) or kept is None or state.grant is None:
            raise UnknownAction(f"action {action} has no arguments that may run")
        found = action_digest(tenant=self._tenant, action=action, name=state.name, args=kept.args, salt=kept.salt)
        if found != state.grant.bind:
            raise WrongBytes("the stored arguments are not the ones that were approved: nothing was run")
        return kept.args, kept.salt, found

    def history(self, subject: str) -> list[Event]:
        """A stream's entries, in order, with the texts that are kept, except what runs reported: it can be long."""
        with self.read() as reader:
            entries: list[Entry] = []
            while page := reader.entries(self._tenant, sub=subject, after=entries[-1].i if entries else -1):
                entries += page
            return [_short(self.event_in(reader, entry)) for entry in entries]

    def latest_in(self, reader: Reader, state: State, most: int) -> list[Event]:
        """The last entries of a stream, in order, as a snapshot holds it."""
        return [self.event_in(reader, one) for one in reader.latest(self._tenant, state.id, state.rev - most, most)]

    def event_in(self, reader: Reader, row: Entry) -> Event:
        """An entry with the texts that are kept, as a snapshot holds them."""
        entry = parse_entry(row.entry)
        kept = {one.name: opened(one.text) for one in reader.disclosures(self._tenant, (row.i,))}
        texts: dict[str, Text] = {
            name: kept[name] if name in kept else Erased(digest) for name, digest in entry.sd.items() if name != "data"
        }
        data = kept.get("data")
        by = Principal(entry.act.kind, entry.act.id, entry.act.auth)
        return Event(
            entry.i, entry.rev, entry.type, entry.t, by, entry.from_, entry.to, entry.bind,
            data if isinstance(data, dict) else {}, texts,
        )  # fmt: skip

    def directory(self) -> Directory:
        """Everybody present. A snapshot is only needed where somebody has changed."""
        known = self._directory
        if known is not None:
            with self.glance() as reader:
                if self._moved(reader) == known[0]:
                    return known[1]
        with self.read() as reader:
            return self.directory_in(reader)

    def directory_in(self, reader: Reader) -> Directory:
        """Everybody present, as of a snapshot."""
        at, known = self._moved(reader), self._directory
        if known is None or known[0] != at:
            names = self._process().engine.names(self._tenant)
            known = self._directory = (at, read_directory(reader, self._tenant, names))
        return known[1]

    def _moved(self, reader: Reader) -> int:
        """The size of the log when somebody of the directory changed last."""
        head = reader.head(self._tenant)
        return head.directory if head else -1

    def name(self, principal_id: str) -> str:
        """A handle or name, as far as it is kept; else the id."""
        if principal_id.startswith("run_"):
            return self._title(principal_id)
        label = self.directory().labels.get(principal_id)
        if isinstance(label, dict):
            found = label.get("handle") or label.get("name")
            return str(found) if found else principal_id
        return principal_id

    def _title(self, run: str) -> str:
        try:
            title = self.run(run)[1]
        except UnknownRun:
            return run
        return title if isinstance(title, str) else run


def opened(text: str) -> Any:
    """The value of a disclosure."""
    return orjson.loads(open_disclosure(text).value)


def _short(event: Event) -> Event:
    if OBSERVATIONS not in event.texts:
        return event
    return replace(event, texts={name: text for name, text in event.texts.items() if name != OBSERVATIONS})


def _states(rows: Iterable[Stream]) -> list[State]:
    return [read_state(row.kind, row.state) for row in rows]
