"""The small scopes that are explored: two people who may decide, one who is barred, one executor, and a few clocks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from handrail.clock import MINUTE
from handrail.policy.declaration import Declaration

from .desk import TEAM, Desk
from .world import World


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """One proposed action and how much may happen to it: revisions of its arguments, attempts, reviews; and whether
    everything may be stopped, and that lifted."""

    name: str
    declared: Declaration
    more: Mapping[str, Any] = field(default_factory=dict)
    revisions: int = 1
    attempts: int = 1
    reviews: int = 1
    stops: bool = False

    def begin(self) -> World:
        """The world in which the action was just proposed: Ann and Bob may decide, Olga answers for the agent."""
        desk = Desk(ann="team first", bob="team")
        desk.employ("olga", "team", os_user="osu_olga")
        desk.propose(more=self.more, **{name: getattr(self.declared, name) for name in _DECLARED})
        return desk.world


_DECLARED: Final = tuple(Declaration.__dataclass_fields__)
HALF: Final = 30 * MINUTE
FIRST: Final = "group:first"

ONE: Final = Declaration(reviewers=(TEAM,), within=HALF, grant=2 * MINUTE)
TWO: Final = Declaration(reviewers=(TEAM,), within=HALF, grant=2 * MINUTE, quorum=(("any", 2),))
UNDO: Final = Declaration(reviewers=(TEAM,), within=HALF, grant=MINUTE, quorum=(("any", 2),), undo=15 * MINUTE)
LADDER: Final = Declaration(
    reviewers=(FIRST,), within=HALF, remind=15 * MINUTE, then=((TEAM, HALF),), grant=MINUTE, at_end="approve"
)
RUNS: Final = Declaration("auto", reviewers=(TEAM,), within=HALF, grant=3 * MINUTE)
UNSURE: Final = Declaration("confidence", reviewers=(TEAM,), within=HALF, grant=2 * MINUTE, threshold=0.8)
SURE: Final = Declaration("confidence", (TEAM,), HALF, grant=2 * MINUTE, threshold=0.8, sample=1.0)
ASKS: Final = Declaration("question", reviewers=(TEAM,), within=HALF, at_end="answer")

NORMAL: Final = (
    Scope("one approval, an edit", ONE, revisions=2),
    Scope("two approvals, an edit", TWO, revisions=2),
    Scope("two approvals, an edit, an undo window", UNDO, revisions=2),
    Scope("two levels, reminders, approval at the end", LADDER),
    Scope("runs by rule: two attempts, crash, an exception", RUNS, attempts=2, reviews=1),
    Scope("an unknown outcome with a probe", RUNS, {"probe": True}, attempts=2, reviews=1),
    Scope("an output that people check and correct", UNSURE, {"kind": "output", "args": '{"output":3}'}, revisions=2),
    Scope("runs by its confidence, and is looked at", SURE, {"confidence": 0.9}, attempts=2, reviews=1),
    Scope("one approval, all stopped and lifted", ONE, stops=True),
    Scope("a question with a default answer", ASKS, {"kind": "question", "args": '{"default":3}'}),
)
WIDE: Final = (
    Scope("two approvals, two edits, undo, an exception, two attempts", UNDO, revisions=3, attempts=2, reviews=2),
    Scope("two levels, an edit, an exception", LADDER, revisions=2, attempts=2, reviews=2),
    Scope("one approval, an edit, all stopped and lifted", ONE, revisions=2, stops=True),
    Scope(
        "runs by rule with a probe: two attempts, all stopped and lifted", RUNS, {"probe": True}, 1, 2, 1, stops=True
    ),
    Scope("runs by rule with a probe: three attempts, two reviews", RUNS, {"probe": True}, 2, 3, 2),
)
