"""The register of the active policy: one row, changed by people, one entry each time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..errors import NotAllowed
from ..principal import Principal
from ..stream import JSON, Draft, Sealed, Table, step

ID: Final = "pol_active"


@dataclass(frozen=True, slots=True)
class PutPolicy:
    """Make a policy the active one. `text` is as it was written, `compiled` as the engine reads it; the digests are
    those of the two, and the backend checks them."""

    text: str
    compiled: str
    text_digest: str
    compiled_digest: str


@dataclass(frozen=True, slots=True)
class PolicyApplied:
    """A policy became the active one. Texts: `actor`. What it says is kept by its digests."""

    digest: str
    compiled: str


@dataclass(frozen=True, slots=True)
class ActivePolicy:
    """Which policy is active, since when (µs), and who made it so."""

    id: str
    status: str
    rev: int
    digest: str
    compiled: str
    at: int
    by: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the engine knows at the moment of the command; `label` names the actor, erasably.

    Once there are `administrators`, nobody else changes the policy.
    """

    now: int
    actor: Principal
    administrators: frozenset[str] = frozenset()
    label: JSON = None


Event = PolicyApplied
ACCEPTS: Final[Table] = {PolicyApplied: {None: "present", "present": "present"}}


def decide(state: ActivePolicy | None, command: PutPolicy, facts: Facts) -> list[Draft[PolicyApplied]]:
    """The event that follows; none where this policy is active already. Raises `NotAllowed` for an agent, and
    for anybody but an administrator once there is one."""
    if facts.actor.kind != "human":
        raise NotAllowed("an agent may not change the policy; a person does, with `handrail policy apply`")
    if facts.administrators and facts.actor.id not in facts.administrators:
        raise NotAllowed("only an administrator changes the policy; `handrail people list` says who is one")
    if state is not None and (state.digest, state.compiled) == (command.text_digest, command.compiled_digest):
        return []
    texts: Mapping[str, JSON] = {} if facts.label is None else {"actor": facts.label}
    return [Draft(PolicyApplied(command.text_digest, command.compiled_digest), texts)]


def evolve(state: ActivePolicy | None, sealed: Sealed[PolicyApplied], *, subject: str) -> ActivePolicy:
    """The register after one event."""
    status = step(ACCEPTS, sealed.event, state.status if state else None)
    event = sealed.event
    return ActivePolicy(subject, status, sealed.rev, event.digest, event.compiled, sealed.at, sealed.by.id)
