"""The shape of everything that the page of one review shows. Times are µs since the epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..review.model import Outcome
from ..stream import JSON
from ..view.nodes import Node
from ..view.page import Fact, FlagWords, Uninspected
from .past import Attempt, Report, Round, Rung, Said
from .rows import Row, Who
from .similar import Similar


@dataclass(frozen=True, slots=True)
class ViewPart:
    """What a decision is bound to: the digest of the view, its version, and the digest of the arguments."""

    digest: str
    version: str
    bind: str
    erased: bool


@dataclass(frozen=True, slots=True)
class Place:
    """How many people have to agree of a group; of anyone asked where `place` is `None`."""

    place: Who | None
    number: int


@dataclass(frozen=True, slots=True)
class Option:
    """An answer that can be chosen, as drawn text and as it is sent."""

    text: str
    value: JSON


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, as drawn text; `default` is the answer that time gives."""

    question: str
    options: tuple[Option, ...] | None
    default: str | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one may not decide: the code of the error that trying would raise, and its words."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Step:
    """An action of the run: when it was proposed (µs), how it stands, and who decided about it, if anybody did."""

    id: str
    name: str
    gist: str
    status: str
    at: int
    by: str | None
    this: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """The last actions of the run, oldest first."""

    id: str
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """The decision, with its note and value as drawn text; it was made `instead` of who was away. Times are µs since
    the epoch."""

    outcome: Outcome
    by: Who
    at: int
    auth: str
    note: str | None
    value: str | None
    edited: bool
    effective_at: int
    instead: Who | None


@dataclass(frozen=True, slots=True)
class Became:
    """What became of the action, and what its executor says of it as drawn text."""

    status: str
    text: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that the page of one review shows, as of the log position `v`.

    Names, words and the texts of nodes are drawn text; `raw` and the options' values are as they are sent, with the
    arguments in the order of the parameters. `first` are the arguments as the agent first asked, if they were edited
    since; `unseen` the paths that have to be opened before the bytes may run. `choices` are what the reader may choose
    now, none where `refusal` says why; `voted` says that they have approved the present round, `permits` that with
    their approval they may let the like run, `may_report` that they may say how it turned out.
    `returns` is the schema that a result has to fit that people give.
    `failing_alike` counts the other reviews that wait after failures like this one; nobody counts beyond 100.
    """

    row: Row
    v: int
    now: int
    view: ViewPart
    title: str
    facts: tuple[Fact, ...]
    reason: str
    ladder: tuple[Rung, ...]
    quorum: tuple[Place, ...]
    undo: int
    args: Node
    first: Node | None
    context: Node | None
    story: Node | None
    flags: tuple[FlagWords, ...]
    hidden: int
    unseen: tuple[str, ...]
    uninspected: tuple[Uninspected, ...]
    raw: JSON
    schema: dict[str, Any] | None
    returns: dict[str, Any] | None
    question: Question | None
    choices: tuple[Outcome, ...]
    refusal: Refusal | None
    voted: bool
    permits: bool
    may_comment: bool
    rounds: tuple[Round, ...]
    attempts: tuple[Attempt, ...]
    failing_alike: int
    talk: tuple[Said, ...]
    run: Steps | None
    similar: Similar
    decision: Ended | None
    outcome: Became | None
    reports: tuple[Report, ...]
    may_report: bool
