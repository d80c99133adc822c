"""What a policy may look at when it judges an action, beside its arguments and its past."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """The action's name, what its agent says about it, who that is, and where it would run.

    `agent` is the name by which the agent is known, or its id; `env` the word of whoever commits; `confidence` a number
    from 0 to 1.
    """

    name: str = ""
    risk: str = "unrated"
    reversible: bool = False
    agent: str = ""
    run: str | None = None
    env: str | None = None
    confidence: float | None = None
