"""Names by patterns in which `*` stands for any text: whether an action is among several, and which one.

Each pattern is walked as the set of the places up to which it may have been read, as in Thompson (1968); all of them
at once, breadth first.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final

ANY: Final = "*"
MOST: Final = 4_000
_LETTERS: Final = "xyzabcdefghijklmnopqrstuvwABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."

State = tuple[tuple[int, frozenset[int]], ...]
"""The patterns that the letters so far may still lead to, by number, each with its places."""


def example(patterns: Sequence[str], wanted: Callable[[frozenset[int]], bool]) -> str | None:
    """A short name that fits the first pattern, and for which `wanted` holds of the numbers of all that it fits.

    `None` where there is none. Raises `OverflowError` where it takes too long to tell.
    """
    letters = tuple(_letters(patterns))
    begin: State = tuple((number, _opened(one, {0})) for number, one in enumerate(patterns))
    seen, queue, odd = {begin}, deque([(begin, "")]), None
    while queue and len(seen) <= MOST:
        state, name = queue.popleft()
        for letter in letters:
            after = _after(patterns, state, letter)
            if not after or after[0][0] != 0:
                continue
            if _fits(patterns, after, wanted):
                if letter.isalnum():
                    return name + letter
                odd = odd or name + letter
            if after not in seen:
                seen.add(after)
                queue.append((after, name + letter))
    if odd is None and queue:
        raise OverflowError("there are too many patterns to tell")
    return odd


def _fits(patterns: Sequence[str], state: State, wanted: Callable[[frozenset[int]], bool]) -> bool:
    fits = frozenset(number for number, places in state if len(patterns[number]) in places)
    return 0 in fits and wanted(fits)


def fits(pattern: str, name: str) -> bool:
    """Whether a name fits a pattern."""
    return fnmatchcase(name, pattern.replace("[", "[[]").replace("?", "[?]"))


def overlap(one: str, other: str) -> bool:
    """Whether a name fits both."""
    if ANY not in one and ANY not in other:
        return one == other
    return example((one, other), lambda fits: len(fits) == 2) is not None


def _letters(patterns: Sequence[str]) -> Iterator[str]:
    """One letter that no pattern names, and every one that some pattern does."""
    named = set("".join(patterns)) - {ANY}
    yield next((letter for letter in _LETTERS if letter not in named), "~")
    yield from sorted(named)


def _after(patterns: Sequence[str], state: State, letter: str) -> State:
    walked = ((number, _read(patterns[number], places, letter)) for number, places in state)
    return tuple(one for one in walked if one[1])


def _read(pattern: str, places: frozenset[int], letter: str) -> frozenset[int]:
    here = [at for at in places if at < len(pattern)]
    stay = {at for at in here if pattern[at] == ANY}
    return _opened(pattern, stay | {at + 1 for at in here if pattern[at] == letter})


def _opened(pattern: str, places: set[int]) -> frozenset[int]:
    """With the places behind a `*` that stands for nothing."""
    found = set(places)
    for start in places:
        at = start
        while at < len(pattern) and pattern[at] == ANY:
            at += 1
            found.add(at)
    return frozenset(found)
