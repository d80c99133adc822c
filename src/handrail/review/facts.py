"""What the engine knows, inside the transaction, when a review's command is decided."""

from dataclasses import dataclass

from ..policy.paths import After, Demand, every_hour
from ..principal import Principal
from ..stream import JSON, Revision
from .access import People


@dataclass(frozen=True, slots=True)
class Facts:
    """Times in µs. `view` is what is shown for the round that would open; `revision` and `demand` come with an edit;
    `agent` is the action's; `default` the answer that time gives: a question's
    default at its deadline, a decision's value when it takes effect; `label` names the actor, erasably; `unseen` are
    the folds of the stored view, `None` where it can no longer be read;
    `reversible` says that the action can be undone, and `arguments` are the names of those that it has; `after` counts
    the hours of the week."""

    subject: str
    now: int
    actor: Principal
    people: People
    agent: str = ""
    view: JSON = None
    revision: Revision | None = None
    demand: Demand | None = None
    default: JSON = None
    label: JSON = None
    unseen: tuple[str, ...] | None = ()
    reversible: bool = False
    arguments: frozenset[str] = frozenset()
    after: After = every_hour
