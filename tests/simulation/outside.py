"""The world that calls have effects on, with a journal of them; and the functions that agents call."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from handrail.clock import HOUR, MINUTE
from handrail.gate.call import Gated
from handrail.policy.declaration import Declaration


class Effect(NamedTuple):
    """One call that took effect: of which start, and with which argument."""

    action: str
    attempt: int
    bind: str
    n: int


NOBODY: Final = ("an action that was not started", 0, "")


class Sometimes(Exception):
    """What a call raises that certainly had no effect."""


@dataclass
class Outside:
    """Everything that was done, in order. `running` is the started action whose call is being made."""

    chance: Random
    calm: bool = False
    target: int = 0
    journal: list[Effect] = field(default_factory=list)
    running: tuple[str, int, str] | None = None

    def call(self, n: int) -> int:
        """Take effect, or fail before that, or time out on either side of it."""
        fate = 1.0 if self.calm else self.chance.random()
        if fate < 0.08:
            raise Sometimes("it did not happen")
        if fate < 0.16:
            raise TimeoutError("before the effect")
        self.journal.append(Effect(*(self.running or NOBODY), n))
        if fate < 0.24:
            raise TimeoutError("after the effect")
        return n

    def look(self) -> int:
        """How the target of a call looks, which somebody else changes now and then."""
        self.target += not self.calm and self.chance.random() < 0.1
        return self.target

    def ask(self, n: int) -> bool | None:
        """What a probe finds: the truth, or that it cannot tell."""
        if not self.calm and self.chance.random() < 0.3:
            return None
        return any(effect.n == n for effect in self.journal)


_stage: list[Outside] = []


@contextmanager
def on_stage(outside: Outside) -> Iterator[None]:
    """Let the functions below act on this world."""
    _stage.append(outside)
    try:
        yield
    finally:
        _stage.pop()


def charge(n: int) -> int:
    """An effect that may not be repeated."""
    return _stage[-1].call(n)


def put(n: int) -> int:
    """An effect that may be repeated."""
    return _stage[-1].call(n)


def transfer(n: int) -> int:
    """An effect that can be looked up."""
    return _stage[-1].call(n)


def look_up(n: int) -> bool | None:
    """The probe of `transfer`."""
    return _stage[-1].ask(n)


def target(n: int) -> int:
    """The precondition of `put`: what it would change still looks like this."""
    return _stage[-1].look()


def read(n: int) -> int:
    """What a policy may let run."""
    return _stage[-1].call(n)


def _group(**given: object) -> Declaration:
    return Declaration(**{"within": HOUR, "reviewers": ("group:legal",), **given})  # type: ignore[arg-type]


BOTH: Final = ("group:legal", "group:finance")
FUNCTIONS: Final = (
    Gated(charge, "shop.charge", _group(grant=HOUR), intent="pay"),
    Gated(charge, "shop.charge", _group(reviewers=BOTH, quorum=(("any", 2),), undo=5 * MINUTE)),
    Gated(charge, "shop.charge", _group(reviewers=BOTH, quorum=(("group:legal", 1), ("group:finance", 1)))),
    Gated(
        charge, "shop.charge",
        _group(reviewers=("user:ann",), then=(("group:finance", 30 * MINUTE),), remind=10 * MINUTE, at_end="approve"),
    ),
    Gated(put, "shop.put", _group(), idempotent=True, precondition=target),
    Gated(transfer, "shop.transfer", _group(grant=3 * HOUR), probe=look_up),
    Gated(read, "shop.read", Declaration("auto", within=HOUR), reversible=True, intent="pay"),
    Gated(read, "shop.read", Declaration("auto", within=HOUR), probe=look_up),
)  # fmt: skip
