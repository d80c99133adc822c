"""One tenant's share of a transaction: commands decided one after another, written together."""

import logging
import os
from collections.abc import Iterable, Set
from typing import Any, Final

import orjson

from ..action.commands import Propose, Settle, Testify
from ..action.facts import LEASE
from ..action.lifecycle import asked_by
from ..action.model import Action
from ..action.words import require_executor
from ..action.work import Take
from ..audit import tree
from ..clock import DAY
from ..codec.policies import read_policy, text_digest
from ..codec.records import State, state_text
from ..directory.commands import Deny, PutGroup
from ..directory.model import Names
from ..errors import (
    CommandReused,
    CorruptLog,
    FencedOff,
    HandrailError,
    InvalidValue,
    KeyReused,
    NotAllowed,
    Refused,
    Unavailable,
)
from ..ids import Keyed, derive, keyed
from ..policy.register import ID as ACTIVE
from ..policy.register import PutPolicy
from ..policy.rules import Policy, Unreadable
from ..policy.standing import Standing
from ..policy.stops import Halt
from ..policy.stops import Stop as Halting
from ..principal import SYSTEM, Principal
from ..review.model import Review
from ..run.commands import Prune, Stop
from ..run.events import OBSERVATIONS
from ..run.model import Run
from ..run.need import rank as standing_of
from ..store.protocol import Answer as Kept
from ..store.protocol import Batch, Call, Head, Opening, Stream, Transaction
from .lives import due_at, keeps, kind, leased
from .moments import Moment, notices
from .reads import NOWHERE, Cache, Reads
from .request import Refuse, Renew, Request, Tick, answer_of
from .room import Room, Waiting
from .taking import rank as offer
from .taking import take
from .work import Place, Row, Work

log: Final = logging.getLogger("handrail.engine")
RANKS: Final = {"critical": 4, "high": 3, "medium": 2, "unrated": 1, "low": 0}
QUIET: Final = 1_000_000
SEED: Final = 32
"""Bytes of a seed, of which a command's salts are made."""
FEW: Final = 4
"""How many more seeds are drawn where consequences or refusals need some."""
REMEMBERED: Final = 7 * DAY
"""How long (µs) a command's first answer is kept for who repeats it. Results are kept for ever, with their actions."""
TIDY: Final = 256
"""After so many entries, up to twice as many answers that are older are dropped."""


class TenantBatch:
    """Decides requests inside a transaction. What one request does, the next one sees; a refusal leaves no trace but
    its own entry."""

    def __init__(
        self, tx: Transaction, tenant: str, opening: Opening, asked: Set[str], cache: Cache, names: Names,
        secret: bytes, now: int, refusals: dict[tuple[str, str, str], tuple[int, int]], env: str | None,
    ) -> None:  # fmt: skip
        head = opening.head or NOWHERE._replace(origin=f"local/handrail/{tenant}")
        cache.catch_up(tx, tenant, head)
        self.head: Final = head
        self.cache: Final = cache
        self.reads: Final = Reads(tx, tenant, cache, names, head.directory)
        self.reads.adopt(asked, opening.streams)
        self.size = head.size
        self.claimed = 0
        self.tenant: Final = tenant
        self._tx, self._secret, self._refusals, self._env = tx, secret, refusals, env
        self._mac: Final = Keyed(secret)
        self._waiting: Final = Waiting(tx, tenant)
        self._now: Final = max(now, head.at)
        self._rows: list[Row] = []
        self._moments: list[Moment] = []
        self._dropped: list[tuple[str, int]] = []
        self._calls: dict[str, Call] = {}
        self._answers: dict[str, Kept] = {}
        self._known: Final = {answer.id: answer for answer in opening.answers}
        self._directory = head.directory
        self._seeds: list[bytes] = []

    @property
    def grew(self) -> bool:
        """Whether anything is to be written."""
        return bool(self._rows or self._answers or self.reads.leases)

    def decide(self, requests: list[Request]) -> None:
        """Answer one request after another."""
        self._seeds = _drawn(len(requests))
        for request in requests:
            self._decide(request)

    def _decide(self, request: Request) -> None:
        """Answer one request, or give it its error. Raises only what the store raises: then nobody is answered."""
        try:
            request.answer = self._answer(request)
        except (Unavailable, CorruptLog):
            raise
        except HandrailError as error:
            request.error = error
            if isinstance(error, Refused) and error.recorded:
                self._refused(request, error)
            if isinstance(error, FencedOff) and isinstance(request.command, Settle):
                self._testify(request, request.command)
        except Exception as error:
            log.exception("%s was not decided", type(request.command).__name__)
            request.error = error

    def _answer(self, request: Request) -> dict[str, Any]:
        if isinstance(request.command, Tick):
            self._catch_up(request.subject)
            return {}
        if isinstance(request.command, Refuse):
            raise NotAllowed(request.command.why)
        if isinstance(request.command, Renew):
            return self._renew(request.subject, request.command, request.actor)
        mac = self._mac(request.content())
        kept = self._answers.get(request.id) or self._known.get(request.id)
        if kept is None:
            answer = self._first(request)
            if answer.get("items") == []:
                return answer
            self._answers[request.id] = Kept(request.id, mac, orjson.dumps(answer).decode(), self._now)
            return answer
        if kept.mac != mac:
            raise CommandReused("this command id was used with another content: mint a new id")
        repeated: dict[str, Any] = orjson.loads(kept.answer)
        return repeated

    def _first(self, request: Request) -> dict[str, Any]:
        call = None
        if isinstance(request.command, Take):
            return {"items": take(self, self._tx, request)}
        if isinstance(request.command, Propose):
            call, found = self._identify(request, request.command)
            if found is not None:
                self._catch_up(found.id)
                return {**self.show(found.id), "found": True}
            self.reads.blobs[request.command.schema] = request.command.schema_text
            if request.command.returns is not None:
                self.reads.blobs[text_digest(request.command.returns)] = request.command.returns
            self._name_groups(request.command.declared.handles)
            self._name_groups(request.command.failing.handles if request.command.failing else ())
        texts = _texts(request.command) if isinstance(request.command, PutPolicy) else {}
        self.apply(request)
        if isinstance(request.command, Prune):
            self._dropped.append((request.subject, request.command.upto))
        if isinstance(request.command, PutPolicy):
            self.reads.blobs |= texts
            self._name_all(read_policy(request.command.compiled, request.command.compiled_digest))
        if call is not None:
            self._calls[call.key] = call
        return self.show(request.subject)

    def _name_all(self, policy: Policy | Unreadable) -> None:
        """Give a name to the groups that a policy asks."""
        paths = policy.paths.values() if isinstance(policy, Policy) else ()
        self._name_groups(handle for path in paths for rung in path.levels for handle in rung.ask)

    def _name_groups(self, handles: Iterable[str]) -> None:
        """In solo mode, where every group is there, give those that are asked a name that people can read."""
        directory = self.reads.directory()
        for handle in handles if directory.solo else ():
            kind, _, bare = handle.partition(":")
            group = directory.names.group(bare)
            if kind == "group" and group not in directory.labels:
                put = PutGroup(directory.names.look_up("group", bare), handle)
                self.apply(Request("", group, put, SYSTEM, self.tenant))

    def _identify(self, request: Request, command: Propose) -> tuple[Call | None, Action | None]:
        """The identity of a call, and the action that it already led to. Raises `KeyReused`."""
        mac = self._mac(f"{command.name}\n{command.inputs or command.args}".encode())
        key = identity(self._secret, request.actor.id, command, mac)
        if key is None:
            return None, None
        known = self._calls.get(key) or self._tx.call(self.tenant, key)
        state = self.reads.state(known.action) if known else None
        if known is None or not isinstance(state, Action) or state.status == "withdrawn":
            return Call(key, request.subject, mac), None
        if known.mac != mac:
            raise KeyReused("this key= belongs to another call: give another action or other arguments their own key")
        return None, state

    def _work(self) -> Work:
        place = Place(self.tenant, self.head.origin, self.size, self._now, self._env)
        return Work(place, self.reads, self._seed)

    def _seed(self) -> bytes:
        """A seed that was not used yet; several are drawn at once, since the system's source lets other threads run."""
        if not self._seeds:
            self._seeds = _drawn(FEW)
        return self._seeds.pop()

    def _catch_up(self, subject: str) -> Work:
        """Do what is due on the stream; gives back what the next command can be decided in."""
        work = self._work()
        work.catch_up(subject)
        if not work.rows:
            return work
        self._take(work)
        return self._work()

    def apply(self, request: Request) -> None:
        """Decide a request and all that follows from it. Raises the refusal."""
        work = self._catch_up(request.subject)
        work.apply(request.subject, request.command, request.actor)
        if request.room is not None:
            self._require_room(request.room, request.subject, request.command, work)
        self._take(work)
        if isinstance(request.command, Stop | Halt):
            self._catch_up(request.subject)

    def _require_room(self, room: Room, subject: str, command: Propose, work: Work) -> None:
        """Raise `TooMany` where the action that was proposed would wait for people, and too many do already."""
        state = work.state(subject)
        before = self.reads.state(command.supersedes) if command.supersedes else None
        if isinstance(state, Action) and state.status == "held":
            replaced = before if isinstance(before, Action) and before.status == "held" else None
            self._waiting.require(room, state, replaced if replaced and replaced.id in work.states else None)

    def _take(self, work: Work) -> None:
        if not work.rows:
            return
        self._rows += work.rows
        self._moments += work.moments
        self.size += len(work.rows)
        self.reads.texts |= work.texts
        if self.reads.take(work.states, work.leases):
            self._directory = self.size

    def show(self, subject: str) -> dict[str, Any]:
        """What the sender of a command to the stream learns."""
        state = self.reads.state(subject)
        related = state.review if isinstance(state, Action) else state.action if isinstance(state, Review) else None
        return answer_of(state, {related: self.reads.state(related)} if related else {})

    def _renew(self, subject: str, command: Renew, by: Principal) -> dict[str, Any]:
        require_executor(command.executor)
        lease = self.reads.lease(subject)
        if not keeps(self.reads.state(subject), command.executor, command.fence, by) or (lease or 0) <= self._now:
            return {"renewed": False}
        self.reads.leases[subject] = self._now + LEASE
        return {"renewed": True}

    def _refused(self, request: Request, error: Refused) -> None:
        """An entry on the principal's own stream; equal refusals within a second are counted into one."""
        if request.actor == SYSTEM:
            return
        command = request.command
        tried = command.what if isinstance(command, Refuse) else type(command).__name__
        key = (request.actor.id, error.code, tried)
        last, missed = self._refusals.get(key, (0, 0))
        if self._now - last < QUIET:
            self._refusals[key] = (last, missed + 1)
            return
        self._refusals[key] = (self._now, 0)
        denial = Deny(error.code, request.subject, tried, missed + 1)
        work = self._work()
        work.apply(request.actor.id, denial, request.actor)
        self._take(work)

    def _testify(self, request: Request, late: Settle) -> None:
        """Keep the report of somebody whose call was lost, for whoever says how it ended, or has said so."""
        work = self._work()
        try:
            work.apply(request.subject, Testify(late.fence, late.outcome, late.value), request.actor)
        except Refused:
            return
        self._take(work)

    def write(self, tx: Transaction) -> None:
        """Write everything that was decided."""
        if not self.grew:
            return
        changed = self.reads.changed
        untouched = {
            one: (until, self._due(one, until)) for one, until in self.reads.leases.items() if one not in changed
        }
        if untouched:
            tx.renew(self.tenant, untouched)
        frontier = tree.extend(self._frontier(), (row.entry.leaf for row in self._rows))
        at = self._rows[-1].at if self._rows else self.head.at
        head = Head(self.head.origin, self.size, tree.encode(frontier), at, self._directory)
        tx.append(self.tenant, self._batch(head))
        for subject, upto in self._dropped:
            tx.drop(self.tenant, subject, OBSERVATIONS, upto)
        if self.size // TIDY > self.head.size // TIDY:
            tx.forget(self.tenant, self._now - REMEMBERED, 2 * TIDY)

    def _due(self, subject: str, lease: int) -> int | None:
        state = self.reads.state(subject)
        return due_at(state, lease) if state else None

    def _frontier(self) -> tree.Frontier:
        return tree.decode(self.head.frontier) if self.head.frontier else tree.EMPTY

    def _batch(self, head: Head) -> Batch:
        rows = self._rows
        return Batch(
            head=head,
            streams=[_stream(state, self.reads) for state in self.reads.changed.values()],
            entries=[row.entry for row in rows],
            disclosures=[one for row in rows for one in row.disclosures],
            revisions=[row.revision for row in rows if row.revision],
            calls=list(self._calls.values()),
            answers=list(self._answers.values()),
            blobs=list(self.reads.blobs.items()),
            notices=list(notices(self._moments, self.reads.directory())) if self._moments else [],
        )


def named(requests: Iterable[Request]) -> set[str]:
    """The streams that requests are about, as far as one can tell without deciding them."""
    found = {ACTIVE}
    for request in requests:
        found.add(request.subject)
        if isinstance(request.command, Propose):
            kind = asked_by(request.command.kind, request.command.declared.pattern)
            found.add(derive("rev", request.subject, 1, kind))
            found |= {one for one in (request.command.run, request.command.parent) if one}
    return found


def identity(secret: bytes, agent: str, command: Propose, mac: bytes) -> str | None:
    """Which call a proposal is, by its key or its place in a run; `mac` is that of its name and arguments or inputs."""
    if command.key is not None:
        return keyed("cal", secret, "key", agent, command.key)
    if command.run is not None and command.occurrence is not None:
        return keyed("cal", secret, command.run, mac.hex(), command.occurrence)
    return None


def _texts(command: PutPolicy) -> dict[str, str]:
    """A policy's texts under their digests. Raises `InvalidValue` for digests that are not theirs."""
    texts = {command.text_digest: command.text, command.compiled_digest: command.compiled}
    if any(text_digest(text) != digest for digest, text in texts.items()):
        raise InvalidValue("the digests are not those of the policy's texts")
    return texts


def _drawn(count: int) -> list[bytes]:
    drawn = os.urandom(count * SEED)
    return [drawn[start : start + SEED] for start in range(0, len(drawn), SEED)]


def _stream(state: State, reads: Reads) -> Stream:
    lease = reads.lease(state.id) or None if isinstance(state, Action) or leased(state) else None
    parent, rank, born = None, 0, 0
    match state:
        case Action():
            parent, rank, born = state.run, offer(state), state.proposed_at
        case Run():
            parent, rank, born = state.parent, standing_of(state), state.opened_at
        case Review():
            parent, rank, born = state.action, RANKS.get(state.risk, 1), state.opened_at
        case Standing():
            parent, born = state.group, state.given_at
        case Halting():
            born = state.at
        case _:
            born = getattr(state, "opened_at", 0)
    return Stream(
        state.id,
        kind(state),
        state.status,
        state.rev,
        state_text(state),
        parent,
        rank,
        born,
        due_at(state, lease),
        lease,
    )
