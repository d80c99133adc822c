"""A world to act in, for readable tests: people by name, one agent, and the invariants checked at every step."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from handrail.action import commands as action
from handrail.action.model import Action
from handrail.directory.commands import PutPerson, RemovePerson
from handrail.engine.lives import due_at
from handrail.policy.declaration import Declaration
from handrail.principal import SOLO_ID, SYSTEM, Principal, agent, person
from handrail.review import commands as review
from handrail.review.model import Review
from handrail.run import commands as run

from . import invariants, policies
from .world import NAMES, START, Change, World

BOT: Final = agent("agt_bot", "osu_olga")
STRANGER: Final = agent("agt_stranger", "osu_sam")
WORKER: Final = agent("agt_worker", "osu_sam", executes=True)
ANN, BOB, CYD, OLGA = (person(f"usr_{name}", "session") for name in ("ann", "bob", "cyd", "olga"))
LOCAL: Final = person(SOLO_ID, "solo")
ADMIN: Final = person("usr_admin", "session")
TEAM, LEGAL, FINANCE = (f"group:{name}" for name in ("team", "legal", "finance"))


def group(handle: str) -> str:
    """The id behind `group:<name>`."""
    return NAMES.group(handle.partition(":")[2])


ELAPSE: Final = {"act": action.Elapse(), "rev": review.Elapse(), "run": run.Elapse()}


class Desk:
    """The world as one process after another has left it."""

    def __init__(self, **people: str) -> None:
        """`people` are names with their groups, such as `ann="legal finance"`; nobody means solo mode."""
        self.world = World()
        self.log: list[Change] = []
        for name, groups in people.items():
            self.employ(name, groups)

    def submit(self, subject: str, command: object, actor: Principal) -> list[str]:
        """One command; the names of the events that followed. Raises what the heart raises."""
        self.world, changes = self.world.submit(subject, command, actor)
        invariants.check(changes, self.world)
        self.log += changes
        return [type(change.sealed.event).__name__ for change in changes]

    def employ(self, name: str, groups: str = "team", os_user: str | None = None) -> None:
        """Add a person, or give them other groups."""
        ids = tuple(NAMES.group(one) for one in groups.split())
        put = PutPerson(NAMES.look_up("user", name), os_user, ids, name, name.title())
        self.submit(f"usr_{name}", put, ADMIN)

    def dismiss(self, name: str) -> None:
        """Remove a person."""
        self.submit(f"usr_{name}", RemovePerson(), ADMIN)

    def open_run(self, run_id: str = "run_1", hold: Any = "action", by: Principal = BOT) -> str:
        """Begin a run."""
        self.submit(run_id, run.Open("a title", hold=hold), by)
        return run_id

    def propose(
        self, subject: str = "act_1", by: Principal = BOT, args: str = '{"n":1}',
        more: Mapping[str, Any] | None = None, **declared: Any,
    ) -> list[str]:  # fmt: skip
        """Propose an action, reviewed by the team unless `declared` says otherwise; `more` are other members.

        What declares nothing ("auto") runs: where no policy is active, one lets it.
        """
        declaration = Declaration(**{"reviewers": (TEAM,), **declared})
        command = replace(action.Propose("mail.send", args, "sch", "{}", declaration), **(more or {}))
        if not command.declared.speaks and self.world.policy is None:
            self.world.policy = policies.policy(policies.POLICIES[0])
        return self.submit(subject, command, by)

    def action(self, subject: str = "act_1") -> Action:
        """The action as it stands."""
        state = self.world.states[subject]
        assert isinstance(state, Action)
        return state

    def review(self, subject: str = "act_1") -> Review:
        """The review that was opened last for the action."""
        return [one for one in self.world.reviews() if one.action == subject][-1]

    def ask(self, command: object, by: Principal, subject: str = "act_1") -> list[str]:
        """A command to the action's review."""
        return self.submit(self.review(subject).id, command, by)

    def decide(self, by: Principal, outcome: Any, subject: str = "act_1", **more: Any) -> list[str]:
        """A decision on what is shown now, unless `view` says otherwise."""
        view = more.pop("view", self.review(subject).view)
        return self.ask(review.Decide(outcome, view, **more), by, subject)

    def start(self, subject: str = "act_1", executor: str = "x1", by: Principal = BOT) -> list[str]:
        """Claim if need be, and start the bytes that stand."""
        state = self.action(subject)
        return self.submit(subject, action.Start(executor, state.bind, state.fence or None), by)

    def settle(self, outcome: Any, subject: str = "act_1", executor: str = "x1", **more: Any) -> list[str]:
        """Report how it ended, under the current fencing number unless `fence` says otherwise."""
        fence = more.pop("fence", self.action(subject).fence)
        return self.submit(subject, action.Settle(executor, fence, outcome, **more), BOT)

    def wait(self, micros: int) -> None:
        """Let time pass; nobody sweeps."""
        self.world = self.world.later(self.world.now + micros)

    def since_start(self) -> int:
        """How much time has passed, in µs."""
        return self.world.now - START

    def sweep(self, most: int = 100) -> list[str]:
        """Do everything that is due, as often as something is."""
        done: list[str] = []
        for _ in range(most):
            due = self._due()
            if not due:
                return done
            for subject in due:
                done += self.submit(subject, ELAPSE[subject[:3]], SYSTEM)
        raise AssertionError("the sweep does not end")

    def _due(self) -> list[str]:
        times = {key: due_at(state, self.world.leases.get(key) or None) for key, state in self.world.states.items()}
        return [key for key, time in times.items() if time is not None and time <= self.world.now]

    def give(self, subject: str, **members: Any) -> None:
        """Put a state in place that no path leads to yet."""
        self.world.states[subject] = replace(self.world.states[subject], **members)
