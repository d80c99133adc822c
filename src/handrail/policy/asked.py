"""What a policy may look at when it judges an action."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Asked:
    """What the policy may look at: the action's name, and what its agent says about it."""

    name: str = ""
    risk: str = "unrated"
    reversible: bool = False
    confidence: float | None = None
