"""The policy as data: rules by action name, paths by name, in handles and microseconds. First match wins."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from .globs import fits
from .limits import Limit
from .paths import AtEnd

Default = Literal["review", "deny"]
Effect = Literal["run", "deny", "approval"]


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a path: who is asked, for how long, when they are reminded (µs)."""

    ask: tuple[str, ...]
    within: int
    remind: int | None = None


@dataclass(frozen=True, slots=True)
class PathSpec:
    """A ladder and its end. Ends that lead to another path are written out: a ladder is always finite."""

    levels: tuple[Rung, ...]
    at_end: AtEnd = "reject"


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens with actions of a name. `action` is exact unless it holds a `*`; `id` is the name as it is logged.

    `replaces` lets the rule loosen what the code declares. `quorum` pairs a handle, or "any", with a number.
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

    @property
    def is_glob(self) -> bool:
        """Whether it is about several names."""
        return "*" in self.action

    def is_about(self, action: str) -> bool:
        """Whether it is about an action of that name."""
        return fits(self.action, action)


@dataclass(frozen=True)
class Policy:
    """A policy as it was applied; `digest` is that of its text."""

    digest: str
    default: Default = "review"
    default_path: str | None = None
    paths: Mapping[str, PathSpec] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    limits: tuple[Limit, ...] = ()

    def find(self, action: str) -> Rule | None:
        """The first rule about that name."""
        exact = self._exact.get(action)
        for place, rule in self._globs:
            if exact is not None and exact[0] < place:
                break
            if rule.is_about(action):
                return rule
        return exact[1] if exact else None

    @cached_property
    def _exact(self) -> Mapping[str, tuple[int, Rule]]:
        found: dict[str, tuple[int, Rule]] = {}
        for place, rule in enumerate(self.rules):
            if not rule.is_glob:
                found.setdefault(rule.action, (place, rule))
        return found

    @cached_property
    def _globs(self) -> tuple[tuple[int, Rule], ...]:
        return tuple((place, rule) for place, rule in enumerate(self.rules) if rule.is_glob)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored policy that cannot be read: nothing runs."""

    digest: str
