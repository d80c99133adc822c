"""The names of the patterns by which an action is routed, and how they stack: asked first, then run, then failures."""

from typing import Final

EXCEPTIONS: Final = "exceptions"
UNASKED: Final = frozenset({"auto", "watched", EXCEPTIONS})
"""The patterns that ask nobody before an action runs."""


def asking(pattern: str) -> str:
    """The pattern of an action that people are asked about after all."""
    return "approval" if pattern in UNASKED else pattern


def joined(pattern: str) -> str:
    """A pattern with the handling of failures behind it."""
    if EXCEPTIONS in pattern.split("+"):
        return pattern
    return EXCEPTIONS if pattern == "auto" else f"{pattern}+{EXCEPTIONS}"


def handles(pattern: str) -> bool:
    """Whether people are asked about an action of that pattern once it fails."""
    return EXCEPTIONS in pattern.split("+")


def held_by(pattern: str) -> str:
    """The pattern of an action that people are asked about after all, whatever it ran by before."""
    return joined("approval") if handles(pattern) else "approval"
