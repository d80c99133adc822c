"""What the engine knows, inside the transaction, when an action's command is decided."""

from dataclasses import dataclass
from typing import Final, Literal

from ..clock import SECOND
from ..policy.limits import Charge
from ..policy.stops import InForce
from ..policy.verdict import Verdict
from ..principal import Principal
from ..stream import JSON, Revision

LEASE: Final = 60 * SECOND
PROBE_WITHIN: Final = 300 * SECOND
Line = Literal["free", "waits", "refused"]
"""What became of the actions above one: none is in its way, people are still to decide on one, or one will not run."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Times in µs. `verdict` and `revision` come with a proposal, a verdict also with a start after the policy has
    changed; `lease` is the end of the executor's lease;
    `intent` is the proposal's purpose as a keyed hash;
    `blocked` says that another action of the run waits for people; `owns` that the actor is the action's owner;
    `line` is about the actions under which this one is done; `stopped` says that the run around it was stopped;
    `halted` is the stop in force that it is under;
    `waits_for` is the action that people are to decide on first;
    `refused_at` when people last refused an action of the run with the same intent;
    `output` is what a predictor gave back;
    `target` is the keyed hash of what the target looks like now;
    `charges` what it books under limits, `None` where that stays as it is;
    `permitted` says that the actor is a person who may tell how an action turned out;
    `env` in which environment whoever commits is;
    `returns` the digest of the schema of its result;
    `like` the keyed hash of what is alike in errors like the reported one;
    `sampled` that it is drawn to be looked at, if it ran by itself."""

    subject: str
    now: int
    actor: Principal
    verdict: Verdict | None = None
    revision: Revision | None = None
    lease: int | None = None
    blocked: bool = False
    owns: bool = False
    intent: str | None = None
    line: Line = "free"
    stopped: bool = False
    refused_at: int | None = None
    waits_for: str | None = None
    target: str | None = None
    output: JSON = None
    charges: tuple[Charge, ...] | None = None
    permitted: bool = False
    env: str | None = None
    like: str | None = None
    returns: str | None = None
    sampled: bool = False
    halted: InForce | None = None
