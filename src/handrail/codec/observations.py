"""What a run reports, as text: one canonical line for each observation, and a digest over those that came together."""

from collections.abc import Iterable
from typing import Any

import msgspec

from ..run.commands import Observation
from .canonical import canonical


def observation_text(one: Observation) -> str:
    """One observation as canonical JSON (RFC 8785), without what it does not say."""
    members: dict[str, Any] = msgspec.to_builtins(one)
    counted = {key: members.pop(key) for key in ("spend", "tokens")}
    said = {key: value for key, value in members.items() if value is not None}
    return canonical(said | {key: value for key, value in counted.items() if value})


def batch_text(items: Iterable[Observation]) -> str:
    """The lines of those that came together, whose digest their entry holds."""
    return "".join(observation_text(one) + "\n" for one in items)
