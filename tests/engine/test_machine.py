"""Random worlds in a database: the engine says and keeps what the pure heart does, and its log gives it all back."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from handrail.action.commands import Settle, Start
from handrail.action.model import Action
from handrail.audit import tree
from handrail.audit.entry import leaf
from handrail.codec.records import read_state
from handrail.engine.replay import replay
from handrail.engine.request import DEFAULT_TENANT as TENANT
from handrail.principal import SOLO_ID, Principal, person
from handrail.review.access import People
from handrail.review.commands import Decide
from handrail.store.sqlite import Rows, SQLiteStore
from tests.heart.rules import BOTS, TEAMS, Rules, pick
from tests.heart.world import barred
from tests.night import NIGHT, by_night, longer_by_night

from .twin import Twin

EXAMPLES: Final = by_night(20_000, 500)
PARTS: Final = 4 if NIGHT else 2
EVERYTHING: Final = 1_000_000
SWIFT: Final = Path("/dev/shm")
"""Where a commit waits for no disk: what a crash leaves is tested elsewhere."""


class Machine(Rules):
    """The rules over a pure world and engines on a database at once; every step compares them."""

    def __init__(self) -> None:
        super().__init__()
        self.twin = Twin(self.stores(), TEAMS)

    def stores(self) -> list[SQLiteStore]:
        """The stores of the processes, on one database."""
        raise NotImplementedError

    def commit(self, subject: str, command: object, actor: Principal) -> None:
        self.twin.submit(subject, command, actor)

    def pass_time(self, micros: int) -> None:
        self.twin.later(micros)

    def states(self) -> dict[str, Any]:
        return self.twin.world.states

    def sweep(self) -> None:
        self.twin.sweep()

    @rule(count=st.integers(2, 6))
    def gather(self, count: int) -> None:
        """The next commands come while a transaction commits, and share the following one."""
        self.twin.gather(count)

    @rule(which=pick, steps=st.integers(1, 4), end=st.sampled_from(["succeeded", "failed", "unknown"]))
    def advance(self, which: int, steps: int, end: Any) -> None:
        """An action goes on as it should: somebody who may approves it, its agent starts it and reports."""
        for _ in range(steps):
            live = [one for one in self.actions() if one.status in ("held", "cleared", "claimed", "started")]
            if live:
                self._step(live[which % len(live)], end)

    def _step(self, one: Action, end: Any) -> None:
        by = next(bot for bot in BOTS if bot.id == one.agent)
        if one.status == "held":
            self._approve(one)
        elif one.status == "started":
            self.attempt(one.id, Settle(one.executor or "", one.fence, end, {"n": 2}), by)
        else:
            self.attempt(one.id, Start(one.executor or "x1", one.bind, one.fence or None), by)

    def _approve(self, one: Action) -> None:
        asked, world = self.states()[one.review or ""], self.twin.world
        people = People(world.directory, barred(world, one.agent, one.owner, one.run, one.kind))
        for who in sorted(people.asked(asked) - {vote.by for vote in asked.votes})[:1]:
            by = person(who, "solo" if who == SOLO_ID else "session")
            self.attempt(asked.id, Decide(asked.choices[0], asked.view, value=3), by)

    @rule(which=pick)
    def repeat(self, which: int) -> None:
        """An answer was lost, and the command comes again."""
        self.twin.repeat(which)

    @rule(which=pick, behind=st.integers(0, 1), executor=st.sampled_from(["x1", "x1", "x2"]), by=st.sampled_from(BOTS))
    def renew(self, which: int, behind: int, executor: str, by: Principal) -> None:
        """An executor's process renews its lease, perhaps under an old fencing number or another agent's key."""
        running = [one for one in self.actions() if one.status in ("claimed", "started")]
        if running:
            one = running[which % len(running)]
            self.twin.renew(one, executor, one.fence - behind, by)

    def teardown(self) -> None:
        """The log alone gives every state back, also once everything that can be erased is erased."""
        try:
            if not self.twin.agreed:
                return
            self.twin.settle()
            with self.twin.stores[0].write() as rows:
                before = _checked(rows)
                rows.connection.execute("DELETE FROM disclosures WHERE name != 'data'; DELETE FROM revisions")
                assert _checked(rows) == before
            assert before.keys() == self.twin.world.states.keys()
        finally:
            self.twin.close()


def _checked(rows: Rows) -> dict[str, Any]:
    """Every state, after the whole log was read against it."""
    entries, head = rows.entries(TENANT, limit=EVERYTHING), rows.head(TENANT)
    data = {one.i: one.text for one in rows.disclosures(TENANT, [row.i for row in entries]) if one.name == "data"}
    states = {}
    for row in rows.streams(TENANT, dict.fromkeys(entry.sub for entry in entries)):
        states[row.id] = read_state(row.kind, row.state)
        own = [entry for entry in entries if entry.sub == row.id]
        assert replay((entry.entry, data[entry.i]) for entry in own) == states[row.id], f"{row.id} does not replay"
        assert [entry.rev for entry in own] == list(range(1, row.rev + 1)), f"{row.id} has a gap"
    if head is not None:
        leaves = [leaf(entry.entry) for entry in entries]
        assert [entry.leaf for entry in entries] == leaves
        assert head.frontier == tree.encode(tree.extend(tree.EMPTY, leaves))
        assert [entry.i for entry in entries] == list(range(head.size))
    return states


class InMemory(Machine):
    """One process, a private database."""

    def stores(self) -> list[SQLiteStore]:
        return [SQLiteStore(":memory:")]


class OnFile(Machine):
    """Two processes' engines that take turns on one file; each remembers what the other has changed since."""

    def stores(self) -> list[SQLiteStore]:
        self.folder = TemporaryDirectory(dir=SWIFT if SWIFT.is_dir() else None)
        path = str(Path(self.folder.name) / "a.db")
        return [SQLiteStore(path), SQLiteStore(path)]

    def teardown(self) -> None:
        """As in memory, and the file goes."""
        try:
            super().teardown()
        finally:
            self.folder.cleanup()


def _part(machine: type[Machine], part: int) -> type[Machine]:
    """The machine under a name of its own, from which its random numbers follow where they are to be repeatable."""
    return type(f"{machine.__name__}{part}", (machine,), {})


@longer_by_night
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("machine", [InMemory, OnFile])
def test_engine_and_heart_never_differ(machine: type[Machine], part: int) -> None:
    """In parts, so that workers share them."""
    worlds = settings(
        max_examples=EXAMPLES // (2 * PARTS) or 1, stateful_step_count=60, deadline=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(_part(machine, part), settings=worlds)
