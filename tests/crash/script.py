"""One life of a process that plays a scenario. Every life sends the same commands under the same ids, so that a later
one goes on where an earlier one died, and what it was told before it is told again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from handrail.action.commands import Settle, Start
from handrail.backend import Answer
from handrail.clock import SECOND
from handrail.codec.policies import compiled_text, text_digest
from handrail.codec.policy_file import read_policy_file
from handrail.directory.commands import PutPerson
from handrail.embedded import Embedded
from handrail.errors import CommandReused, Refused
from handrail.ids import derive
from handrail.policy.register import ID as POLICY
from handrail.policy.register import PutPolicy
from handrail.principal import Principal, person
from handrail.review.commands import Decide
from handrail.testing import FrozenClock
from tests.crash import ledger
from tests.engine.kit import Desk, proposal

EXECUTOR: Final = "exe_1"


class Script:
    """What a scenario can do. Nothing here asks what has become of an earlier life; the answers say it."""

    def __init__(self, database: str, folder: Path) -> None:
        self.told: Final = dict(ledger.read(folder, "told"))
        self.ledger: Final = ledger.Ledger(folder)
        self.clock: Final = FrozenClock()
        self.desk: Final = Desk(database, self.clock)
        self.sent = 0
        with self.desk.store.read() as reader:
            head = reader.head("default")
        self.lived: Final = head.at if head else 0

    @property
    def agent(self) -> Embedded:
        """Who proposes and executes."""
        return self.desk.agent

    @property
    def solo(self) -> Embedded:
        """The one person of solo mode."""
        return self.desk.person

    def as_(self, who: Principal) -> Embedded:
        """Anybody else."""
        return Embedded(self.desk.database, lambda _: who)

    def person(self, name: str) -> Embedded:
        """Somebody of the directory."""
        return self.as_(person(f"usr_{name}", "session"))

    def send(self, subject: str, command: object, who: Embedded | None = None) -> Answer:
        """A command. A state that has moved on can change what it says; then an earlier life's was kept."""
        self.sent += 1
        name = f"cmd_{self.sent:03}"
        try:
            answer = (who or self.agent).call(subject, command, command_id=name)
        except CommandReused:
            return {}
        assert self.told.get(name, answer) == answer, f"{name} was told {self.told[name]} before, and now {answer}"
        self.ledger.note("told", name, answer)
        return answer

    def refused(self, subject: str, command: object, who: Embedded | None = None) -> None:
        """A command that must not be accepted."""
        with contextlib.suppress(Refused):
            (who or self.agent).call(subject, command)
            raise AssertionError(f"{command} was accepted")

    def pass_(self, seconds: float) -> None:
        """Let time go on. Up to where an earlier life got, it went on then: now only the clock is set."""
        by = round(seconds * SECOND)
        known = min(by, max(0, self.lived - self.clock.now()))
        self.clock.jump(known)
        self.clock.advance((by - known) / SECOND)

    def tick(self, *subjects: str) -> None:
        """Do what is due."""
        for one in subjects:
            self.desk.tick(one)

    def propose(self, action: str = "act_1", args: str = '{"n":1}', **given: Any) -> Answer:
        """An action."""
        return self.send(action, proposal(args, **given))

    def decide(self, review: str, outcome: str = "approve", who: Embedded | None = None, **given: Any) -> None:
        """A person decides on what is shown now."""
        view = self.desk.person.review(review).state.view
        self.send(review, Decide(outcome, view, **given), who or self.solo)  # type: ignore[arg-type]

    def start(self, action: str = "act_1", fence: int | None = None) -> None:
        """The call leaves."""
        self.send(action, Start(EXECUTOR, self.desk.action(action).bind, fence))

    def settle(self, action: str = "act_1", outcome: str = "succeeded", fence: int = 1, **given: Any) -> None:
        """The call has ended."""
        self.send(action, Settle(EXECUTOR, fence, outcome, {"value": 1}, **given))  # type: ignore[arg-type]

    def employ(self, name: str, *groups: str, **given: Any) -> Embedded:
        """Add a person to the directory."""
        names = self.desk.engine.names("default")
        found = tuple(names.group(group) for group in groups or ("team",))
        self.send(f"usr_{name}", PutPerson(names.look_up("user", name), None, found, name, name, **given), self.solo)
        return self.person(name)

    def apply(self, text: str, who: Embedded | None = None) -> None:
        """Make a policy the active one."""
        compiled = compiled_text(read_policy_file(text).policy)
        self.send(POLICY, PutPolicy(text, compiled, text_digest(text), text_digest(compiled)), who or self.solo)

    def finish(self) -> None:
        """Do all that is due, and end this life in order."""
        while due := self._due():
            self.tick(*due)
        self.desk.close()

    def _due(self) -> list[str]:
        with self.desk.store.read() as reader:
            return [subject for _, subject in reader.due(self.clock.now(), 100)]


def review(action: str = "act_1", number: int = 1, kind: str = "approval") -> str:
    """The id of an action's n-th review."""
    return derive("rev", action, number, kind)


Scenario = Callable[[Script], None]


def play(scenario: Scenario, database: str, folder: Path) -> None:
    """One whole life."""
    script = Script(database, folder)
    scenario(script)
    script.finish()
