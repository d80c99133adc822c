"""The policy as data: rules by action name, paths by name, in handles and microseconds. First match wins."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal, get_args

from ..directory.hours import Hours
from .asked import Asked
from .criticality import Raise
from .declaration import reaches, usable
from .globs import fits
from .limits import Limit
from .paths import AtEnd

Default = Literal["review", "deny"]
Effect = Literal["run", "deny", "approval", "confidence", "exceptions", "watched"]
Mode = Literal["shadow", "assisted", "sampled", "autonomous"]
MODES: Final = frozenset(get_args(Mode)) - {"assisted"}
"""The modes in which nobody is asked."""
ASKING: Final = ("approval", "confidence", "watched")
"""What asks people before an action runs, at least about some."""
Why = Literal["rule", "below_threshold", "no_usable_confidence", "not_watched"]


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a path: who is asked, for how long, when they are reminded (µs); in which hours that counts."""

    ask: tuple[str, ...]
    within: int
    remind: int | None = None
    hours: Hours | None = None


@dataclass(frozen=True, slots=True)
class PathSpec:
    """A ladder and its end. Ends that lead to another path are written out: a ladder is always finite."""

    levels: tuple[Rung, ...]
    at_end: AtEnd = "reject"


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens with actions of a name. `action` is exact unless it holds a `*`; `id` is the name as it is logged.

    `replaces` lets the rule loosen what the code declares. `quorum` pairs a handle, or "any", with a number. `when` is
    the text of a condition: the rule counts only where it is true. "confidence" asks people below the `threshold`,
    "exceptions" once it failed, "watched" outside of a run that they watch. `mode` says what becomes of those that
    it would ask about: "assisted" asks; the others let them run, "shadow" to learn what it would ask, "sampled" with a
    share looked at afterwards. `sample` is the share of what runs that people look at, from 0 to 1.
    """

    id: str
    name: str
    action: str
    effect: Effect
    path: str | None = None
    quorum: tuple[tuple[str, int], ...] | None = None
    undo: int | None = None
    grant: int | None = None
    auth: tuple[str, ...] = ()
    replaces: bool = False
    when: str | None = None
    threshold: float | None = None
    mode: Mode = "assisted"
    sample: float = 0.0

    def asks(self, asked: Asked) -> Why | None:
        """Why it would ask people about an action before it runs; `None` for one that it lets run."""
        match self.effect:
            case "approval":
                return "rule"
            case "confidence" if not reaches(asked.confidence, self.threshold):
                return "no_usable_confidence" if usable(asked.confidence) is None else "below_threshold"
            case "watched" if not asked.watched:
                return "not_watched"
            case _:
                return None

    @property
    def may_ask(self) -> bool:
        """Whether there are actions that it asks people about before they run."""
        return self.mode == "assisted" and self.effect in ASKING

    @property
    def may_run(self) -> bool:
        """Whether there are actions that it lets run by themselves."""
        return self.effect != "deny" and (self.mode != "assisted" or self.effect != "approval")

    def holds_back(self, asked: Asked) -> bool:
        """Whether people are really asked about an action before it runs."""
        return self.mode == "assisted" and self.asks(asked) is not None

    @property
    def is_glob(self) -> bool:
        """Whether it is about several names."""
        return "*" in self.action

    def is_about(self, action: str) -> bool:
        """Whether it is about an action of that name."""
        return fits(self.action, action)


class ConditionFailed(Exception):
    """A rule's condition has no answer: says why, in words of the policy, with no argument's value."""

    def __init__(self, rule: Rule, why: str) -> None:
        super().__init__(f"the condition of the rule {rule.name!r} has no answer: {why}")
        self.rule, self.why = rule, why


Holds = Callable[[Rule], bool]
"""Whether a rule's condition is true. Raises `ConditionFailed`."""


def unanswered(rule: Rule) -> bool:
    """For policies without conditions: none has an answer."""
    raise ConditionFailed(rule, "nothing is known of the action")


@dataclass(frozen=True)
class Policy:
    """A policy as it was applied; `digest` is that of its text."""

    digest: str
    default: Default = "review"
    default_path: str | None = None
    paths: Mapping[str, PathSpec] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    limits: tuple[Limit, ...] = ()
    criticality: tuple[Raise, ...] = ()

    def find(self, action: str, holds: Holds) -> Rule | None:
        """The first rule about that name whose condition holds. Raises `ConditionFailed` where one has no answer."""
        return next((rule for rule in self.about(action) if rule.when is None or holds(rule)), None)

    def about(self, action: str) -> Iterator[Rule]:
        """The rules about that name, in order, whatever their conditions."""
        exact = self._exact.get(action, ())
        at = 0
        for place, rule in self._globs:
            while at < len(exact) and exact[at][0] < place:
                yield exact[at][1]
                at += 1
            if rule.is_about(action):
                yield rule
        yield from (rule for _, rule in exact[at:])

    @property
    def conditions(self) -> tuple[str, ...]:
        """The texts of all its conditions."""
        return (*(rule.when for rule in self.rules if rule.when is not None), *(one.when for one in self.criticality))

    @cached_property
    def _exact(self) -> Mapping[str, tuple[tuple[int, Rule], ...]]:
        found: dict[str, tuple[tuple[int, Rule], ...]] = {}
        for place, rule in enumerate(self.rules):
            if not rule.is_glob:
                found[rule.action] = (*found.get(rule.action, ()), (place, rule))
        return found

    @cached_property
    def _globs(self) -> tuple[tuple[int, Rule], ...]:
        return tuple((place, rule) for place, rule in enumerate(self.rules) if rule.is_glob)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored policy that cannot be read: nothing runs."""

    digest: str
