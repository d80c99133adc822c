"""The register of standing permissions: what a person approved once, and lets run like it for a while.

A use counts as the giver's own approval: it holds only while they alone could approve the action as the policy is now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from ..clock import DAY
from ..directory.model import Directory
from ..errors import NotAllowed, NotFound, NotReady
from ..ids import derive
from ..principal import Principal
from ..stream import JSON, Draft, Sealed, Table, changed, step
from .demanded import seats
from .paths import Demand
from .quorum import matching

LONGEST: Final = 90 * DAY
MOST: Final = 100_000
"""How often at most one may be used."""

Why = Literal["used_up", "expired", "revoked"]


@dataclass(frozen=True, slots=True)
class Terms:
    """How long (µs) and how often the like may run, and the arguments that have to be the same; `None` is all of
    them, and no others."""

    lasts: int = LONGEST
    times: int | None = None
    fixed: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Fixed:
    """An argument that has to be the same, with the keyed hash of its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Like:
    """An action as a permission looks at it: its name, its parameters, who answers for its agent, and the keyed hash of
    each argument."""

    name: str
    schema: str
    owner: str
    args: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Give:
    """A decision that took effect lets the like run. Only the engine sends it."""

    review: str
    action: str


@dataclass(frozen=True, slots=True)
class Use:
    """An action runs by it. Only the engine sends it."""

    action: str


@dataclass(frozen=True, slots=True)
class Revoke:
    """Take the permission back, from now on."""


@dataclass(frozen=True, slots=True)
class Elapse:
    """Time has passed."""


@dataclass(frozen=True, slots=True)
class Given:
    """A person lets the like run until `until` (µs).

    `by` is who gave it, signed in by `auth`, with their decision on `review` of `action`; `exact` says that no other
    arguments than the fixed ones may be there. Texts: `values`.
    """

    review: str
    action: str
    by: str
    auth: str
    name: str
    schema: str
    owner: str
    until: int
    times: int | None
    fixed: tuple[Fixed, ...]
    exact: bool


@dataclass(frozen=True, slots=True)
class Used:
    """An action runs by it."""

    action: str


@dataclass(frozen=True, slots=True)
class Ended:
    """Nothing runs by it any more."""

    why: Why


@dataclass(frozen=True, slots=True)
class Standing:
    """One permission. `values` is the digest of what the fixed arguments are; `why` says how it ended."""

    id: str
    status: str
    rev: int
    review: str
    action: str
    by: str
    auth: str
    name: str
    schema: str
    owner: str
    given_at: int
    until: int
    times: int | None
    fixed: tuple[Fixed, ...]
    exact: bool
    values: str | None
    uses: int = 0
    why: Why | None = None

    @property
    def group(self) -> str:
        """What it is found by."""
        return like(self.name, self.schema, self.owner)

    def covers(self, about: Like, now: int) -> bool:
        """Whether an action is like the one it was given for, and it still counts at that time (µs)."""
        if self.status != "present" or self.until <= now or self.group != like(about.name, about.schema, about.owner):
            return False
        same = all(about.args.get(one.name) == one.value for one in self.fixed)
        return same and (not self.exact or len(about.args) == len(self.fixed))

    def suffices(self, demand: Demand, directory: Directory, barred: frozenset[str]) -> bool:
        """Whether its giver alone could approve what is demanded now, signed in as they were."""
        return alone(self.by, self.auth, demand, directory, barred)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine knows: what is given, with the values of its fixed arguments; whether the actor supervises or
    administers."""

    now: int
    actor: Principal
    given: Given | None = None
    values: JSON = None
    permitted: bool = False


Command = Give | Use | Revoke | Elapse
Event = Given | Used | Ended
ACCEPTS: Final[Table] = {
    Given: {None: "present"}, Used: {"present": "present"}, Ended: {"present": "removed"},
}  # fmt: skip


def like(name: str, schema: str, owner: str) -> str:
    """What actions share that one permission can be about."""
    return derive("lik", name, schema, owner)


def alone(person: str, auth: str, demand: Demand, directory: Directory, barred: frozenset[str]) -> bool:
    """Whether one person, signed in that way, could approve what is demanded without anybody else."""
    asked = {member for one in demand.asked for member in directory.members(one)} - barred
    signed_in = not demand.auth or auth in demand.auth
    voters = {person: seats(directory, person, demand.quorum)}
    return person in asked and signed_in and matching(voters, demand.quorum) is not None


def decide(state: Standing | None, command: Command, facts: Facts) -> list[Draft[Event]]:
    """The events that follow. Raises `NotFound`, `NotAllowed` or `NotReady`; then nothing happens."""
    match command:
        case Give():
            return [Draft(facts.given, {"values": facts.values})] if state is None and facts.given else []
        case _ if state is None:
            raise NotFound("no permission has that id here: list them with `handrail permissions list`")
        case Use():
            assert facts.actor.kind == "system", "only the engine uses a permission"
            last = state.times is not None and state.uses + 1 >= state.times
            return [Draft(Used(command.action)), *([Draft[Event](Ended("used_up"))] if last else [])]
        case Revoke():
            return [_revoked(state, facts)]
        case Elapse():
            return [Draft(Ended("expired"))] if state.status == "present" and state.until <= facts.now else []


def _revoked(state: Standing, facts: Facts) -> Draft[Event]:
    if facts.actor.kind != "human" or not (facts.actor.id == state.by or facts.permitted):
        raise NotAllowed("a permission is taken back by who gave it, a supervisor or an administrator")
    if state.status != "present":
        raise NotReady(f"this permission has ended already ({state.why})")
    return Draft(Ended("revoked"))


def evolve(state: Standing | None, sealed: Sealed[Event], *, subject: str) -> Standing:
    """The permission after one event."""
    status, event = step(ACCEPTS, sealed.event, state.status if state else None), sealed.event
    if isinstance(event, Given):
        return Standing(
            subject, status, sealed.rev, event.review, event.action, event.by, event.auth, event.name, event.schema,
            event.owner, sealed.at, event.until, event.times, event.fixed, event.exact, sealed.texts.get("values"),
        )  # fmt: skip
    assert state is not None
    if isinstance(event, Used):
        return changed(state, status=status, rev=sealed.rev, uses=state.uses + 1)
    return changed(state, status=status, rev=sealed.rev, why=event.why)
