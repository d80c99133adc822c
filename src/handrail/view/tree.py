"""Draws a JSON value in full: every key, every type, long values folded in the middle, secrets covered.

Texts stand in double quotes, numbers, `true`, `false` and `null` bare; what Handrail adds is unquoted and in brackets
that a text cannot contain. A text's further rows stay in the column of its first, so it cannot imitate a key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from .columns import columns, wrap
from .drawing import Container, covered, drawn, inline, nested, size, written
from .fold import END_MEMBERS, MANY_MEMBERS, MOST_LEVELS, members, stretches
from .lines import Line, Style, keyed
from .masks import Concealed, Sensitivity, conceal
from .value import JSON, item, label, member
from .words import count

_INDENT, _WIDEST_KEY, _NARROWEST = 2, 24, 24
Member = tuple[JSON, str, Sensitivity]
"""A value, its path, and what its name says about secrets."""


@dataclass(frozen=True, slots=True)
class Page:
    """How wide to draw, and the paths of folds that were opened."""

    width: int
    unfold: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a container's members stand: how far indented, how deep, and under which path if beside each other."""

    indent: int
    depth: int = 1
    prefix: str = ""

    def within(self, key: str, width: int) -> _Spot:
        """Return where the members of a member stand: once half of the width is indented, not further to the right."""
        if self.indent + _INDENT > width // 2:
            return _Spot(self.indent, self.depth + 1, key)
        return _Spot(self.indent + _INDENT, self.depth + 1)


def tree(value: JSON, path: str, page: Page, *, indent: int = 0) -> Iterator[Line]:
    """Yield the lines of a value; an object's members come without a line for the object itself."""
    if not nested(value):
        yield from (
            Line(row.style, " " * indent + row.text) for row in _leaf((value, path, ""), page, page.width - indent)
        )
    else:
        yield from _container((value, path, ""), page, _Spot(indent))


def _container(entry: Member, page: Page, spot: _Spot) -> Iterator[Line]:
    """Yield the members of a container that holds something."""
    value, path, sensitivity = entry
    if not nested(value):
        return
    entries = list(zip(_keys(value, spot.prefix), members(value, path, sensitivity), strict=True))
    if len(entries) <= MANY_MEMBERS or path in page.unfold:
        yield from _rows(entries, entries, page, spot)
        return
    yield from _rows(entries[:END_MEMBERS], entries, page, spot)
    middle = len(entries) - 2 * END_MEMBERS
    yield Line("fold", " " * spot.indent + f"⟨folded: {middle:,} of {count(len(entries), 'member')}⟩")
    yield from _rows(entries[-END_MEMBERS:], entries, page, spot)


def _keys(value: Container, prefix: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [item(prefix, at) for at in range(len(value))]
    return [member(prefix, key) if prefix else label(key) for key in value]


def _rows(
    entries: Iterable[tuple[str, Member]], all_: Iterable[tuple[str, Member]], page: Page, spot: _Spot
) -> Iterator[Line]:
    column = _column([key for key, _ in all_], spot.indent, page.width)
    for key, entry in entries:
        rows = _row(entry, page, page.width - column, spot.depth)
        head = rows if rows is not None else [Line("muted", size(entry[0]))]  # type: ignore[arg-type]
        yield from keyed(key, head, indent=spot.indent, column=column, width=page.width)
        if rows is None:
            yield from _container(entry, page, spot.within(key, page.width))


def _column(keys: Iterable[str], indent: int, width: int) -> int:
    widest = max((size for size in map(columns, keys) if size <= _WIDEST_KEY), default=4)
    return min(indent + widest + 2, max(width - _NARROWEST, indent + _INDENT))


def _row(entry: Member, page: Page, room: int, depth: int) -> Iterable[Line] | None:
    """Return what stands beside a key, or nothing for a container whose members stand below it."""
    value, path, sensitivity = entry
    if not nested(value):
        return _leaf(entry, page, room)
    if (brief := _brief(entry, room)) or depth < MOST_LEVELS:
        return brief
    return _wrapped(written(value, sensitivity), room, opened=path in page.unfold)


def _brief(entry: Member, room: int) -> Iterable[Line] | None:
    """Return a short list of bare values on one row, or nothing if it takes more."""
    value, _, sensitivity = entry
    if not nested(value) or isinstance(value, Mapping) or len(value) > room // 3:
        return None
    if any(nested(child) or (isinstance(child, str) and len(child) > room) for child in value):
        return None
    text = "[" + ", ".join(inline(child, sensitivity) for child in value) + "]"
    return [Line("value", text)] if columns(text) <= room else None


def _leaf(entry: Member, page: Page, room: int) -> Iterator[Line]:
    value, path, sensitivity = entry
    if not isinstance(value, str):
        style: Style = "masked" if covered(value, sensitivity) else "value"
        return (Line(style, row) for row in wrap(inline(value, sensitivity), room))
    hidden = conceal(value, sensitivity)
    if hidden.whole:
        return (Line("masked", row) for row in wrap(f"⟨{hidden.text}⟩", room))
    return _wrapped(hidden, room, opened=path in page.unfold, quote='"')


def _wrapped(hidden: Concealed, room: int, *, opened: bool, quote: str = "") -> Iterator[Line]:
    return chain.from_iterable(
        (Line(style, row) for row in wrap(text, room)) for style, text in folded(hidden, opened=opened, quote=quote)
    )


def folded(hidden: Concealed, *, opened: bool, quote: str = "") -> Iterator[tuple[Style, str]]:
    """Yield a text in visible form: whole, or its two ends with the size of what is folded between them."""
    cut = None if opened else stretches(hidden)
    if cut is None:
        yield "value", quote + drawn(hidden) + quote
        return
    start, stop = cut
    yield "value", quote + drawn(hidden, 0, start)
    yield "fold", f"⟨folded: {stop - start:,} of {count(len(hidden.text), 'character')}⟩"
    yield "value", drawn(hidden, stop) + quote
