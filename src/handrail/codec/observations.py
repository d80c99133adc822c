"""What a run reports, as JSON."""

from collections.abc import Iterable
from typing import Any

import msgspec

from ..run.commands import Observation
from ..stream import JSON
from .plain import guard


def told(items: Iterable[Observation]) -> list[JSON]:
    """Observations without what they do not say. Raises `MalformedJSON` for values that others could not read."""
    found: list[JSON] = [_said(one) for one in items]
    for one in found:
        guard(one)
    return found


def _said(one: Observation) -> dict[str, JSON]:
    members: dict[str, Any] = msgspec.to_builtins(one) | {"value": one.value}
    return {name: value for name, value in members.items() if value is not None and not _nothing(name, value)}


def _nothing(name: str, value: Any) -> bool:
    return name in ("spend", "tokens") and value == 0
