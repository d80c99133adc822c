"""One database with an agent and a person, below the gate: commands in, answers out."""

from __future__ import annotations

from typing import Any

from handrail.action.commands import Propose, Settle, Start
from handrail.action.model import Action
from handrail.backend import Answer
from handrail.clock import Clock
from handrail.embedded import Database, Embedded, local_agent, solo_person
from handrail.engine.engine import Engine
from handrail.engine.replay import replay
from handrail.engine.request import Request, Tick, answer_of
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.principal import SYSTEM, Principal, agent, person
from handrail.review.commands import Decide
from handrail.review.model import Review
from handrail.store.protocol import Store
from handrail.testing import FrozenClock
from handrail.view.model import folds

AGENT = agent("agt_test", "osu_test")
SOLO = person("user:local", "solo")
DECLARED = ("pattern", "within", "grant", "undo", "reviewers", "remind", "then", "quorum", "threshold")


def proposal(args: str = '{"n":1}', **given: Any) -> Propose:
    """An action that one person decides."""
    declared = Declaration(**{name: given.pop(name) for name in DECLARED if name in given})
    return Propose("test.effect", args, "sha256:0", "{}", declared, **given)


class Desk:
    """What a test asks of one process's engine on one database."""

    def __init__(self, path: str = ":memory:", clock: Clock | None = None) -> None:
        self.clock = clock or FrozenClock()
        self.database = Database(path, self.clock)
        self.agent = Embedded(self.database, local_agent("tester", None))
        self.person = Embedded(self.database, solo_person)

    @property
    def engine(self) -> Engine:
        """This process's engine."""
        return self.database.process.engine

    @property
    def store(self) -> Store:
        """This process's store."""
        return self.database.process.store

    def propose(self, args: str = '{"n":1}', **given: Any) -> Answer:
        """A new action, held by a review."""
        return self.agent.call(mint("act"), proposal(args, **given))

    def decide(self, review: str, outcome: str = "approve", who: Embedded | None = None, **given: Any) -> Answer:
        """Decide on the view that stands, seen whole unless `seen` says otherwise."""
        record = self.person.review(review)
        given.setdefault("seen", folds(record.view) or ())
        return (who or self.person).call(review, Decide(outcome, record.state.view, **given))  # type: ignore[arg-type]

    def cleared(self, **given: Any) -> Answer:
        """A new action that a person has approved."""
        action = self.propose(**given)
        self.decide(action["review"])
        return self.look(action["id"])

    def started(self, executor: str = "exe_1", **given: Any) -> Answer:
        """A new action whose call has left."""
        action = self.cleared(**given)
        return self.agent.call(action["id"], Start(executor, action["bind"]))

    def settle(self, started: Answer, executor: str = "exe_1", outcome: str = "succeeded", value: Any = None) -> Answer:
        """Report how a call ended."""
        kept = {"value": value}
        return self.agent.call(started["id"], Settle(executor, started["fence"], outcome, kept))  # type: ignore[arg-type]

    def tick(self, subject: str) -> None:
        """Do what is due, as a sweeper does."""
        self.engine.call(Request(mint("cmd"), subject, Tick(), SYSTEM))

    def look(self, action: str) -> Answer:
        """The action as it is now."""
        state = self.action(action)
        return answer_of(state, {state.review: self.review(state.review)} if state.review else {})

    def action(self, action: str) -> Action:
        """The state of an action."""
        return self.agent.action(action).state

    def review(self, review: str) -> Review:
        """The state of a review."""
        return self.agent.review(review).state

    def archive_state(self, subject: str) -> Any:
        """The state that the store keeps."""
        return self.agent.archive.state(subject)

    def types(self, subject: str) -> list[str]:
        """The types of a stream's entries, in order."""
        return [event.type for event in self.agent.history(subject)]

    def denials(self, who: Principal) -> list[tuple[str, str]]:
        """What this principal was refused: `(code, on)`."""
        events = self.agent.history(who.id)
        return [(str(e.data["code"]), str(e.data["on"])) for e in events if e.type == "access.denied"]

    def replayed(self, subject: str) -> Any:
        """The state that the log alone gives."""
        with self.store.read() as reader:
            rows = reader.entries("default", sub=subject)
            texts = {
                one.i: one.text for one in reader.disclosures("default", [row.i for row in rows]) if one.name == "data"
            }
            return replay((row.entry, texts[row.i]) for row in rows)

    def close(self) -> None:
        """Stop this process's threads and close the files."""
        self.database.close()
