"""What an edit changed: removed and added values by path, the differing stretch of long texts in full."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import TypeGuard

from .columns import columns, wrap
from .drawing import drawn, inline
from .escape import safe
from .lines import Line, Span, Style
from .masks import Concealed, Sensitivity, conceal, sensitive
from .model import Erased
from .value import JSON, item, member
from .words import count, digest

_LONG, _AROUND = 200, 40
"""Characters beyond which equal stretches of a text are folded, and how many stay around the difference."""

Change = tuple[str, JSON, JSON, bool, bool, Sensitivity]
"""Path, old and new value, whether there was and is one, and what its name says about secrets."""


def diff_lines(old: JSON | Erased, new: JSON | Erased, *, path: str = "args", width: int = 100) -> list[Line]:
    """Return a line for each value removed (`-`) or added (`+`) between two revisions, in path order of both.

    Types are told apart (`"42"` is not `42`). Equal stretches of long texts are folded, differing ones never.
    """
    if isinstance(old, Erased) or isinstance(new, Erased):
        parts = [digest(part.digest) for part in (old, new) if isinstance(part, Erased)]
        return [Line("muted", f"[erased, {part}]") for part in parts]
    lines = [line for change in _changes(old, new, path, "") for line in _told(change, width)]
    return lines or [Line("muted", "No change.")]


def changed_paths(old: JSON, new: JSON, *, path: str = "args") -> list[str]:
    """Return the paths of all values that differ, in path order of both."""
    return list(dict.fromkeys(safe(change[0]) for change in _changes(old, new, path, "")))


def _changes(old: JSON, new: JSON, path: str, sensitivity: Sensitivity) -> Iterator[Change]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys((*old, *new)):
            own: Sensitivity = sensitivity if sensitivity == "always" else sensitive(key)
            change = (member(path, key), old.get(key), new.get(key), key in old, key in new, own)
            yield from _member(change)
    elif _array(old) and _array(new):
        for at, (was, now) in enumerate(zip_longest(old, new, fillvalue=_NONE)):
            change = (item(path, at), was, now, was is not _NONE, now is not _NONE, sensitivity)
            yield from _member(change)
    elif _nested(old) or _nested(new):
        yield from _member((path, old, None, True, False, sensitivity))
        yield from _member((path, None, new, False, True, sensitivity))
    elif not _same(old, new):
        yield path, old, new, True, True, sensitivity


_NONE: Sequence[JSON] = []
"""Stands for an item past the end of the shorter array; compared by identity."""


def _member(change: Change) -> Iterator[Change]:
    """Compare a member; a container that came or went is told value by value, so that nothing is left out."""
    path, old, new, was, now, sensitivity = change
    if was and now:
        return _changes(old, new, path, sensitivity)
    only = old if was else new
    if not _nested(only):
        return iter((change,))
    empty: JSON = {} if isinstance(only, Mapping) else []
    return _changes(old if was else empty, new if now else empty, path, sensitivity)


def _nested(value: JSON) -> bool:
    return bool(value) and (isinstance(value, Mapping) or _array(value))


def _array(value: JSON) -> TypeGuard[Sequence[JSON]]:
    return isinstance(value, Sequence) and not isinstance(value, str)


def _same(old: JSON, new: JSON) -> bool:
    """Compare as JSON does: `true` is not `1`."""
    return type(old) is type(new) and old == new


def _told(change: Change, width: int) -> Iterator[Line]:
    path, old, new, was, now, sensitivity = change
    before, after = _words(old, new, sensitivity)
    if was:
        yield from _line("removed", "- ", path, before, width)
    if now:
        yield from _line("added", "+ ", path, after, width)


def _words(old: JSON, new: JSON, sensitivity: Sensitivity) -> tuple[str, str]:
    if not (isinstance(old, str) and isinstance(new, str)) or max(len(old), len(new)) <= _LONG:
        return _word(old, sensitivity), _word(new, sensitivity)
    before, after = conceal(old, sensitivity), conceal(new, sensitivity)
    head = max(_common(before.text, after.text) - _AROUND, 0)
    tail = max(_common(before.text[head:][::-1], after.text[head:][::-1]) - _AROUND, 0)
    return _stretch(before, head, tail), _stretch(after, head, tail)


def _common(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their start."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _word(value: JSON, sensitivity: Sensitivity) -> str:
    if not isinstance(value, str):
        return inline(value, sensitivity)
    shown = conceal(value, sensitivity)
    return f"⟨{shown.text}⟩" if shown.whole else f'"{drawn(shown, 0, len(shown.text))}"'


def _stretch(shown: Concealed, head: int, tail: int) -> str:
    stop = len(shown.text) - tail
    before = f"⟨equal: {count(head, 'character')}⟩" if head else '"'
    after = f"⟨equal: {count(tail, 'character')}⟩" if tail else '"'
    return before + drawn(shown, head, stop) + after


def _line(style: Style, sign: str, path: str, words: str, width: int) -> Iterator[Line]:
    left = f"{sign}{path}  "
    if columns(left) > width // 2:
        yield Line(style, left.rstrip(), (Span(2, len(left.rstrip()), "key"),))
        left = " " * 4
    for row in wrap(words, width - columns(left)):
        yield Line(style, left + row, (Span(2, len(left) - 2, "key"),) if left.strip() else ())
        left = " " * columns(left)
