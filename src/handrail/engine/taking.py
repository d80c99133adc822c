"""Gives a worker cleared actions to execute: each agent in its turn, and of each agent the longest asked for first."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from ..action.commands import Claim
from ..action.model import Action
from ..action.words import require_executor
from ..action.work import Take
from ..codec.records import read_state
from ..errors import InvalidValue, NotAllowed, Refused, RunHeld
from ..principal import Principal
from ..run.model import Run
from ..store.protocol import Offer, Reader
from .lineage import DEEPEST
from .request import Request

if TYPE_CHECKING:
    from .batch import TenantBatch

AGENTS: Final = 10_000
"""So many agents are looked at for one request."""
MOST: Final = 100
"""So many actions are given at once."""
FUNCTIONS: Final = 1_000
BESIDE: Final = 2_000
LEFT: Final = 200
"""So many runs to clean up after are looked at for one request."""


def rank(state: Action) -> int:
    """What a worker may do for an action: 1 execute it, 2 ask its probe, 0 nothing."""
    if not state.offered:
        return 0
    if state.status == "unknown":
        return 2 if state.probe and state.review is None and state.due_at is not None else 0
    return 1 if state.status == "cleared" else 0


def waits(reader: Reader, tenant: str, command: Take) -> bool:
    """Whether there may be something to take: only a look, which locks nobody out."""
    pairs = command.pairs
    unsure = set(_unsure(reader, tenant, command)) - {*command.beside}
    return bool(reader.offering(tenant, pairs, 1)) or bool(unsure) or bool(_abandoned(reader, tenant, command))


def take(batch: TenantBatch, reader: Reader, request: Request) -> list[dict[str, Any]]:
    """Claim what there is, up to the number asked for; with what is left of it, name actions whose probe is awaited,
    and runs to clean up after."""
    command: Take = request.command
    require(request.actor, command)
    taking = _Taking(batch, reader, request)
    return taking.claims() + taking.inquiries() + taking.abandoned()


def require(actor: Principal, command: Take) -> None:
    """Raise `NotAllowed` for who may not execute, `InvalidValue` for what cannot be taken."""
    if actor.kind != "agent" or not actor.executes:
        raise NotAllowed("work is taken with a key of the scope execute: ask an administrator for one")
    require_executor(command.executor)
    many = max(len(command.functions), len(command.cleanups)) > FUNCTIONS or len(command.beside) > BESIDE
    if not 1 <= command.most <= MOST or many:
        raise InvalidValue(f"take 1 to {MOST} actions at once, of at most {FUNCTIONS} functions")


class _Taking:
    """One request being answered."""

    def __init__(self, batch: TenantBatch, reader: Reader, request: Request) -> None:
        self._batch, self._reader, self._request = batch, reader, request
        self._command: Final[Take] = request.command
        self._held: set[str] = set()
        self._passed: set[str] = set()
        self._looked: dict[str, int] = {}
        self._queues: dict[str, deque[Offer]] = {}
        self._taken: list[dict[str, Any]] = []
        self._named: list[str] = []

    def claims(self) -> list[dict[str, Any]]:
        """What was claimed, one of each agent in turn, beginning behind the one who had the last turn."""
        agents = self._reader.offering(self._batch.tenant, self._command.pairs, AGENTS)
        behind = bisect_right(agents, self._batch.cache.turn)
        turns = deque(agents[behind:] + agents[:behind])
        while turns and len(self._taken) < self._command.most:
            agent = turns.popleft()
            if self._one(agent):
                self._batch.cache.turn = agent
                turns.append(agent)
        return self._taken

    def inquiries(self) -> list[dict[str, Any]]:
        """Actions that nobody could tell the end of, whose probe may know it."""
        found = [one for one in _unsure(self._reader, self._batch.tenant, self._command) if self._open(one)]
        self._named = found[: self._command.most - len(self._taken)]
        return [self._shown(one) for one in self._named]

    def abandoned(self) -> list[dict[str, Any]]:
        """Runs whose process is gone and that the worker can clean up after, each with a function that does."""
        found = _abandoned(self._reader, self._batch.tenant, self._command)
        room = self._command.most - len(self._taken) - len(self._named)
        return [{**self._batch.show(run), "name": name} for run, name in found[: max(room, 0)]]

    def _open(self, action: str) -> bool:
        state = self._batch.reads.state(action)
        return action not in self._command.beside and isinstance(state, Action) and rank(state) == 2

    def _one(self, agent: str) -> bool:
        """Claim the next action of an agent; whether there was one."""
        while (offer := self._next(agent)) is not None:
            if offer.run in self._held or offer.action in self._passed or offer.action in self._command.beside:
                continue
            try:
                if self._claimed(offer.action):
                    return True
            except RunHeld as error:
                self._pass(agent, offer, error.waits_for)
            except Refused:
                continue
        return False

    def _pass(self, agent: str, offer: Offer, waits_for: str) -> None:
        """Leave out what waits: a whole run, or one action that waits with the one under which it is done."""
        if offer.run is None or waits_for in self._above(offer.action):
            self._passed.add(offer.action)
        else:
            self._held.add(offer.run)
            del self._queues[agent], self._looked[agent]

    def _above(self, action: str) -> set[str]:
        """The actions under which an action is done."""
        found: set[str] = set()
        state = self._batch.reads.state(action)
        while isinstance(state, Action) and state.parent is not None and len(found) < DEEPEST:
            found.add(state.parent)
            state = self._batch.reads.state(state.parent)
        return found

    def _next(self, agent: str) -> Offer | None:
        """The next offer of an agent; where its run waits for people, those of other runs are looked for instead. Each
        look behind actions that wait by themselves takes in twice as many, so that they hide nothing."""
        queue = self._queues.get(agent)
        if not queue and self._looked.get(agent) != len(self._passed) <= BESIDE:
            limit = self._command.most + len(self._command.beside) + self._batch.claimed + 2 * len(self._passed)
            pairs, tenant = self._command.pairs, self._batch.tenant
            queue = self._queues[agent] = deque(self._reader.offers(tenant, pairs, agent, self._held, limit))
            self._looked[agent] = len(self._passed)
            self._batch.reads.load({one.action for one in list(queue)[: self._command.most]})
        return queue.popleft() if queue else None

    def _claimed(self, action: str) -> bool:
        """Claim an action; a policy that became stricter may hold or refuse it instead."""
        claim = Claim(self._command.executor)
        self._batch.apply(Request("", action, claim, self._request.actor, self._batch.tenant))
        state = self._batch.reads.state(action)
        if not isinstance(state, Action) or state.status != "claimed":
            return False
        self._batch.claimed += 1
        self._taken.append(self._shown(action))
        return True

    def _shown(self, action: str) -> dict[str, Any]:
        state = self._batch.reads.state(action)
        assert isinstance(state, Action)
        return {**self._batch.show(action), "name": state.name}


def _unsure(reader: Reader, tenant: str, command: Take) -> list[str]:
    return reader.unsure(tenant, command.pairs, command.most + len(command.beside))


def _abandoned(reader: Reader, tenant: str, command: Take) -> list[tuple[str, str]]:
    """Runs whose process is gone, each with the name of a function that cleans up after it."""
    found: list[tuple[str, str]] = []
    for row in reader.abandoned(tenant, LEFT) if command.cleanups else ():
        state = read_state(row.kind, row.state)
        names = [one.name for one in state.cleanups if one.status == "waits"] if isinstance(state, Run) else []
        fitting = next((one for one in reversed(names) if one in command.cleanups), None)
        if fitting is not None and row.id not in command.beside:
            found.append((row.id, fitting))
    return found
