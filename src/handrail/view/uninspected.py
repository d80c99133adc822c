"""What no check can look into: payloads that hold no text, are packed or encrypted, or cannot be decoded at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import masks
from .fold import members
from .masks import Sensitivity
from .payloads import opaque
from .value import JSON

MOST_TOLD = 32
"""Places that are told one by one; the rest are counted in one more, at the first place left out."""


@dataclass(frozen=True, slots=True)
class Uninspected:
    """A place that cannot be inspected: a stable code of `payloads.OPAQUE`, its path, and words for people."""

    code: str
    path: str
    text: str


def uninspected(value: JSON, *, path: str = "args") -> list[Uninspected]:
    """Return the places of a value that no check can look into, in reading order."""
    found = list(_walk(value, path))
    if len(found) <= MOST_TOLD:
        return found
    more, first = len(found) - MOST_TOLD, found[MOST_TOLD]
    rest = f"The like in {more:,} more place{'' if more == 1 else 's'}, from here on."
    return [*found[:MOST_TOLD], Uninspected(first.code, first.path, rest)]


def _walk(value: JSON, path: str) -> Iterator[Uninspected]:
    stack: list[tuple[JSON, str, str, Sensitivity]] = [(value, path, "", "")]
    while stack:
        node, place, key, sensitivity = stack.pop()
        if isinstance(node, str):
            yield from _text(node, place, key, sensitivity)
        elif isinstance(node, Mapping | Sequence):
            keys = list(node) if isinstance(node, Mapping) else [key] * len(node)
            steps = zip(keys, members(node, place, sensitivity), strict=True)
            stack += reversed([(child, at, name, own) for name, (child, at, own) in steps])


def _text(text: str, place: str, key: str, sensitivity: Sensitivity) -> Iterator[Uninspected]:
    """Yield what a text holds; a secret is covered as a whole and says so by itself."""
    if len(text) < 8 or masks.whole(masks.find(text, sensitivity), text):
        return
    if payload := opaque(text, key):
        yield Uninspected(payload.opaque, place, payload.words)
