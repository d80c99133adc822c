"""A random world of many actions, people who come and go, crashes and a late sweeper keeps every invariant."""

import json
from functools import partial
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant

from handrail.clock import DAY
from handrail.codec.records import NAMES, event_text, read_event
from handrail.principal import Principal
from handrail.stream import Sealed, fold
from tests.night import by_night, longer_by_night

from .desk import Desk
from .invariants import tangled
from .rules import Rules
from .world import life

EXAMPLES = by_night(5_000, 200)
"""At night fewer than on a database, where each world is a pure one at the same time."""


class PureWorld(Rules):
    """The rules over the heart alone: each commit checks each invariant on each change."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()

    def commit(self, subject: str, command: object, actor: Principal) -> None:
        before = dict(self.desk.world.states)
        try:
            self.desk.submit(subject, command, actor)
        except Exception:
            assert self.desk.world.states == before, "a refusal changed something"
            raise

    def pass_time(self, micros: int) -> None:
        self.desk.wait(micros)

    def states(self) -> dict[str, Any]:
        return self.desk.world.states

    def sweep(self) -> None:
        self.desk.sweep()

    @invariant()
    def nothing_is_tangled(self) -> None:
        """Between two commands each held action has its one review."""
        tangled(self.desk.world)

    def teardown(self) -> None:
        """What the log alone gives back is what stands; and once all time has passed nobody waits any more."""
        self._replays()
        for _ in range(3):
            self.pass_time(DAY)
            self.sweep()
        waiting = [one.status for one in self.actions() if one.status in ("held", "cleared", "claimed", "started")]
        assert waiting == []
        self._replays()

    def _replays(self) -> None:
        lives: dict[str, list[Sealed[Any]]] = {}
        for change in self.desk.log:
            lives.setdefault(change.subject, []).append(_through_the_log(change.sealed))
        for subject, sealed in lives.items():
            replayed: Any = fold(partial(life(subject).evolve, subject=subject), sealed)
            assert replayed == self.desk.world.states[subject], f"{subject} does not replay"


def _through_the_log(sealed: Sealed[Any]) -> Sealed[Any]:
    """As it is read back: the event from its JSON, the principal without an owner, which no entry names."""
    name = NAMES[type(sealed.event)]
    event = read_event(name, json.loads(event_text(sealed.event)))
    by = Principal(sealed.by.kind, sealed.by.id, sealed.by.auth)
    return Sealed(event, sealed.rev, sealed.at, by, sealed.texts)


TestPureWorld = longer_by_night(PureWorld.TestCase)
TestPureWorld.settings = settings(
    max_examples=EXAMPLES, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
