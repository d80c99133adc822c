"""What the engine knows, inside the transaction, when a run's command is decided."""

from dataclasses import dataclass

from ..principal import Principal
from ..stream import JSON
from .model import Hold


@dataclass(frozen=True, slots=True)
class Facts:
    """Times in µs.

    `owns` says that the actor answers for the run, supervises it, or supervises all; `stopped` why a run above it was
    stopped, if one was; `hold` is that of the runs above it; `inside` are actions and runs in it that could go on;
    `note` is why it was stopped. `supervisors` are the ids of those that an opening names; `observations` is what is
    reported, as JSON; `lease` is until when its process is believed to be there, and `alone` says that nobody is there
    who may stop it.
    """

    subject: str
    now: int
    actor: Principal
    owns: bool = False
    stopped: str | None = None
    hold: Hold = "action"
    inside: tuple[str, ...] = ()
    note: JSON = None
    supervisors: tuple[str, ...] = ()
    observations: JSON = None
    lease: int | None = None
    alone: bool = False
