"""One value as drawn text: unseen characters written out, secrets covered, the middle of what is long left out.

What Handrail adds stands in brackets that a drawn text cannot contain. Terminal and page both draw by these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeGuard

from .escape import quoted, visible
from .masks import Concealed, Sensitivity, conceal, cover
from .names import judge
from .value import JSON, number
from .words import count

Container = Sequence[JSON] | Mapping[str, JSON]


def nested(value: JSON) -> TypeGuard[Container]:
    """Say whether a value is a container that holds something."""
    return not isinstance(value, str) and isinstance(value, Mapping | Sequence) and bool(value)


def size(value: Container) -> str:
    """Return how many members a container has: `2 fields`, `1 item`."""
    return count(len(value), "field" if isinstance(value, Mapping) else "item")


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
            return f"⟨{cover(number(value))}⟩" if covered(value, sensitivity) else number(value)
        case Mapping():
            return f"{{{size(value)}}}" if value else "{}"
        case _:
            return f"[{size(value)}]" if value else "[]"


def covered(value: JSON, sensitivity: Sensitivity) -> bool:
    """Say whether a number is covered, since its name says that it is a secret."""
    return sensitivity == "always" and isinstance(value, int | float) and not isinstance(value, bool)


def drawn(hidden: Concealed, start: int = 0, stop: int | None = None) -> str:
    """Return a stretch of a text in visible form, covers in brackets that the text itself cannot contain."""
    stop = len(hidden.text) if stop is None else stop
    out, last = [], start
    for begin, end in hidden.covers:
        if start <= begin and end <= stop:
            out.append(visible(hidden.text[last:begin]) + f"⟨{hidden.text[begin:end]}⟩")
            last = end
    return "".join(out) + visible(hidden.text[last:stop])


def written(value: JSON, sensitivity: Sensitivity = "") -> Concealed:
    """Return a value as one JSON text with its secrets covered; no depth of nesting can break it."""
    out: list[str] = []
    covers: list[tuple[int, int]] = []
    length = 0
    stack: list[str | tuple[JSON, Sensitivity]] = [(value, sensitivity)]
    while stack:
        part = stack.pop()
        if isinstance(part, tuple) and nested(part[0]):
            stack += reversed(list(_parts(part[0], part[1])))
            continue
        for text, hidden in _words(part):
            covers += [(length, length + len(text))] if hidden else []
            out.append(text)
            length += len(text)
    return Concealed("".join(out), tuple(covers))


def _parts(value: Container, sensitivity: Sensitivity) -> Iterator[str | tuple[JSON, Sensitivity]]:
    """Yield the signs and members of a container that holds something."""
    if isinstance(value, Mapping):
        for index, ((key, child), own) in enumerate(zip(value.items(), judge(value)[1], strict=True)):
            yield f'{", " if index else "{"}"{_escaped(key)}": '
            yield child, "always" if sensitivity == "always" else own
        yield "}"
    else:
        for index, child in enumerate(value):
            yield ", " if index else "["
            yield child, sensitivity
        yield "]"


def _words(part: str | tuple[JSON, Sensitivity]) -> Iterator[tuple[str, bool]]:
    """Yield the stretches of a sign or of a value without members, and whether they are covers."""
    if isinstance(part, str):
        yield part, False
        return
    value, sensitivity = part
    if not isinstance(value, str):
        hidden = covered(value, sensitivity)
        yield inline(value, sensitivity).strip("⟨⟩"), hidden
        return
    shown = conceal(value, sensitivity)
    quote, last = "" if shown.whole else '"', 0
    yield quote, False
    for begin, end in shown.covers:
        yield _escaped(shown.text[last:begin]), False
        yield shown.text[begin:end], True
        last = end
    yield _escaped(shown.text[last:]) + quote, False


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
