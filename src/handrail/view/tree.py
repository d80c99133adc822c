"""Draws a JSON value in full: every key, every type, long values folded in the middle, secrets covered.

Texts stand in double quotes, numbers, `true`, `false` and `null` bare; what Handrail adds is unquoted and in brackets
that a text cannot contain. A text's further rows stay in the column of its first, so it cannot imitate a key.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeGuard

from .columns import columns, wrap
from .escape import quoted, visible
from .fold import END_MEMBERS, MANY_MEMBERS, fold, members
from .lines import Line, Style, keyed
from .masks import Concealed, Sensitivity, conceal, cover
from .value import JSON, item, label, member, number
from .words import count

_INDENT, _WIDEST_KEY, _NARROWEST = 2, 24, 24
Container = Sequence[JSON] | Mapping[str, JSON]
Member = tuple[JSON, str, Sensitivity]
"""A value, its path, and what its name says about secrets."""


@dataclass(frozen=True, slots=True)
class Page:
    """How wide to draw, and the paths of folds that were opened."""

    width: int
    unfold: Collection[str] = ()


def tree(value: JSON, path: str, page: Page, *, indent: int = 0) -> Iterator[Line]:
    """Yield the lines of a value; an object's members come without a line for the object itself."""
    if not _nested(value):
        yield from (
            Line(row.style, " " * indent + row.text) for row in _leaf((value, path, ""), page, page.width - indent)
        )
    else:
        yield from _container((value, path, ""), page, indent)


def _container(entry: Member, page: Page, indent: int, prefix: str = "") -> Iterator[Line]:
    """Yield the members; below half of the width they stand beside each other, under paths that begin at `prefix`."""
    value, path, sensitivity = entry
    if not _nested(value):
        return
    entries = list(zip(_keys(value, prefix), members(value, path, sensitivity), strict=True))
    column = _column([key for key, _ in entries if columns(key) <= _WIDEST_KEY], indent, page.width)
    if len(entries) <= MANY_MEMBERS or path in page.unfold:
        yield from _rows(entries, page, indent, column)
        return
    yield from _rows(entries[:END_MEMBERS], page, indent, column)
    middle = len(entries) - 2 * END_MEMBERS
    yield Line("fold", " " * indent + f"⟨folded: {middle:,} of {count(len(entries), 'member')}⟩")
    yield from _rows(entries[-END_MEMBERS:], page, indent, column)


def _keys(value: Container, prefix: str) -> list[str]:
    if not isinstance(value, Mapping):
        return [item(prefix, at) for at in range(len(value))]
    return [member(prefix, key) if prefix else label(key) for key in value]


def _column(keys: list[str], indent: int, width: int) -> int:
    widest = max(map(columns, keys), default=4)
    return min(indent + widest + 2, max(width - _NARROWEST, indent + _INDENT))


def _rows(entries: Iterable[tuple[str, Member]], page: Page, indent: int, column: int) -> Iterator[Line]:
    for key, entry in entries:
        value, room = entry[0], page.width - column
        brief = _brief(entry, room)
        if brief is None and _nested(value):
            size = [Line("muted", _size(value))]
            yield from keyed(key, size, indent=indent, column=column, width=page.width)
            narrow = indent + _INDENT > page.width // 2
            yield from _container(entry, page, indent if narrow else indent + _INDENT, key if narrow else "")
        else:
            rows = brief or _leaf(entry, page, room)
            yield from keyed(key, rows, indent=indent, column=column, width=page.width)


def _nested(value: JSON) -> TypeGuard[Container]:
    return not isinstance(value, str) and isinstance(value, Mapping | Sequence) and bool(value)


def _size(value: Container) -> str:
    return count(len(value), "field" if isinstance(value, Mapping) else "item")


def _brief(entry: Member, room: int) -> Iterable[Line] | None:
    """Return a short list of bare values on one row, or nothing if it takes more."""
    value, _, sensitivity = entry
    if not _nested(value) or isinstance(value, Mapping) or len(value) > room // 3:
        return None
    if any(_nested(child) or (isinstance(child, str) and len(child) > room) for child in value):
        return None
    text = "[" + ", ".join(inline(child, sensitivity) for child in value) + "]"
    return [Line("value", text)] if columns(text) <= room else None


def inline(value: JSON, sensitivity: Sensitivity = "") -> str:
    """Return a value on one row, as short as it can be told: containers by their size alone."""
    match value:
        case str():
            hidden = conceal(value, sensitivity)
            return f"⟨{hidden.text}⟩" if hidden.whole else quoted(hidden.text)
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"⟨{cover(number(value))}⟩" if sensitivity == "always" else number(value)
        case Mapping():
            return f"{{{_size(value)}}}" if value else "{}"
        case _:
            return f"[{_size(value)}]" if value else "[]"


def _leaf(entry: Member, page: Page, room: int) -> Iterator[Line]:
    value, path, sensitivity = entry
    if not isinstance(value, str):
        covered = sensitivity == "always" and value is not None and not isinstance(value, bool | Mapping | Sequence)
        text = inline(value, sensitivity)
        return (Line("masked" if covered else "value", row) for row in wrap(text, room))
    hidden = conceal(value, sensitivity)
    if hidden.whole:
        return (Line("masked", row) for row in wrap(f"⟨{hidden.text}⟩", room))
    return _quoted(hidden, room, opened=path in page.unfold)


def _quoted(hidden: Concealed, room: int, *, opened: bool) -> Iterator[Line]:
    return chain.from_iterable(
        (Line(style, row) for row in wrap(text, room)) for style, text in folded(hidden, opened=opened, quote='"')
    )


def folded(hidden: Concealed, *, opened: bool, quote: str = "") -> Iterator[tuple[Style, str]]:
    """Yield a text in visible form: whole, or its two ends with the size of what is folded between them."""
    cut = None if opened else fold(hidden.text)
    if cut is None:
        yield "value", quote + drawn(hidden, 0, len(hidden.text)) + quote
        return
    start = max((end for begin, end in hidden.covers if begin < len(cut.head)), default=0)
    start = max(start, len(cut.head))
    stop = len(hidden.text) - len(cut.tail)
    stop = min((begin for begin, end in hidden.covers if end > stop), default=stop)
    stop = max(start, min(stop, len(hidden.text) - len(cut.tail)))
    yield "value", quote + drawn(hidden, 0, start)
    yield "fold", f"⟨folded: {stop - start:,} of {count(len(hidden.text), 'character')}⟩"
    yield "value", drawn(hidden, stop, len(hidden.text)) + quote


def drawn(hidden: Concealed, start: int, stop: int) -> str:
    """Return a stretch of a text in visible form, covers in brackets that the text itself cannot contain."""
    out, last = "", start
    for begin, end in hidden.covers:
        if start <= begin and end <= stop:
            out += visible(hidden.text[last:begin]) + f"⟨{hidden.text[begin:end]}⟩"
            last = end
    return out + visible(hidden.text[last:stop])
