"""The policy file: which actions run, which are denied, and who decides on the others. YAML 1.2, read strictly.

default: review
default_path: finance
paths:
  finance:
    levels: [{ask: group:finance, for: 10m, remind: 5m}, {ask: user:cfo, for: 30m}]
    at_end: reject
rules:
  - name: refunds over 500 need two people
    action: payments.refund
    when: args.amount > 500 && env == "prod"
    pattern: approval
    path: finance
    quorum: 2
  - {name: reads, action: db.read, verdict: run}
never:
  - run when action == "payments.refund" && args.amount > 5000
tests:
  - {action: payments.refund, args: {amount: "600.00"}, env: prod, expect: review finance quorum 2}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import UsageError
from ..policy.globs import fits
from ..policy.rules import Policy


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """Something in a policy file that cannot be meant: the line, counted from 1, and what to write."""

    line: int
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.problem}; {self.fix}"


class PolicyFileError(UsageError):
    """A policy file that cannot be meant, with all that is wrong in it."""

    code = "policy_file"

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class Expectation:
    """One of the file's `tests:`: what is to come of an action. `quorum` and `path` are not looked at where `None`.
    `args` is the canonical text of its arguments."""

    line: int
    action: str
    kind: str
    path: str | None = None
    quorum: int | None = None
    risk: str = "unrated"
    reversible: bool = False
    args: str = "{}"
    env: str | None = None
    agent: str | None = None
    run: str | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Never:
    """One of the file's `never:`: no action of that name, or of names like it, may run without people where the
    condition `when` is true; `None` is always."""

    line: int
    action: str
    when: str | None = None

    def is_about(self, name: str) -> bool:
        """Whether it is about an action of that name."""
        return fits(self.action, name)


@dataclass(frozen=True)
class PolicyFile:
    """A policy with what its file says about it. `places` are the lines of its rules, `asks` those of who is asked."""

    policy: Policy
    tests: tuple[Expectation, ...] = ()
    never: tuple[Never, ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    asks: tuple[tuple[int, str], ...] = ()


def read_policy_file(text: str) -> PolicyFile:
    """The policy of a file. Raises `PolicyFileError` with everything that is wrong in it."""
    from .policy_yaml import policy_of

    return policy_of(text)
