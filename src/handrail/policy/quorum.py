"""How many people agree, counted as a maximum matching: each person fills one place."""

from collections.abc import Mapping

from .paths import ANYONE, Quorum


def matching(voters: Mapping[str, frozenset[str]], quorum: Quorum) -> dict[int, str] | None:
    """Which voter fills which place, or `None` while a place stays empty.

    `voters` maps each person to the ids they can be asked under. Augmenting paths, as in Kuhn (1955).
    """
    filled = _filled(voters, quorum)
    return filled if len(filled) == sum(count for _, count in quorum) else None


def missing(voters: Mapping[str, frozenset[str]], quorum: Quorum) -> int:
    """How many places are still empty."""
    return sum(count for _, count in quorum) - len(_filled(voters, quorum))


def _filled(voters: Mapping[str, frozenset[str]], quorum: Quorum) -> dict[int, str]:
    """A largest matching, found by letting one voter after another in."""
    places = [asked for asked, count in quorum for _ in range(count)]
    filled: dict[int, str] = {}
    for voter in sorted(voters):
        _augment(voter, places, voters, filled, set())
    return filled


def _augment(
    voter: str, places: list[str], voters: Mapping[str, frozenset[str]], filled: dict[int, str], seen: set[int]
) -> bool:
    for index, asked in enumerate(places):
        if index in seen or not (asked == ANYONE or asked in voters[voter]):
            continue
        seen.add(index)
        if index not in filled or _augment(filled[index], places, voters, filled, seen):
            filled[index] = voter
            return True
    return False
