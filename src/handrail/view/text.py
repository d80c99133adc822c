"""The view as lines for a terminal, in the order of trust: facts, arguments, context, the agent's story last.

Handrail's own words come from the hashed bytes and the frozen view. What the agent wrote stands behind a fence,
and what is hostile in it is drawn, never obeyed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, tzinfo
from itertools import islice
from typing import Any

from .columns import clip, columns, pad, wrap
from .drawing import inline, written
from .ends import ends
from .escape import safe, visible
from .facts import KINDS, Reader, deadline, facts
from .flags import CODES
from .lines import BLANK, FENCE, Line, Span, Style, keyed, moved, plain, wrapped
from .masks import conceal, sensitive
from .model import Erased
from .payloads import OPAQUE
from .tree import Page, folded, tree
from .value import JSON, hidden_in, label, member
from .words import clock, count, digest, duration, relative

__all__ = ["Line", "Span", "Style", "clock", "duration", "plain", "relative", "render", "summary"]

STORY = ("description", "impact", "preview")
"""The keys of a story in the order they are shown; others follow."""

_NARROWEST, _FACT_COLUMN = 40, 9
_MEMBERS, _CHARACTERS = 24, 1_000
"""Arguments in one line, and characters after which no other begins."""


def summary(name: str, args: JSON | Erased, width: int) -> str:
    """Return one row that says what would run, from the bytes: escaped, masked, cut to `width` columns."""
    words = gist(args)
    return clip(f"{visible(name)}  {words}".rstrip(), width)


def gist(args: JSON | Erased) -> str:
    """Return the arguments in one line: escaped, masked, long ones shortened; of an only one its members."""
    if isinstance(args, Erased):
        return _erased(args)
    if not isinstance(args, Mapping):
        return inline(args)
    match [*islice(args.items(), 2)]:
        case [(key, Mapping() as value)] if value and not sensitive(key):
            return f"{label(key)}: {_in_a_row(value)}"
        case _:
            return _in_a_row(args)


def _in_a_row(args: Mapping[str, JSON]) -> str:
    parts: list[str] = []
    for key, value in islice(args.items(), _MEMBERS):
        if sum(map(len, parts)) > _CHARACTERS:
            break
        parts.append(f"{label(key)} {_short(key, value)}")
    return ", ".join(parts if len(parts) == len(args) else [*parts, "…"])


def _short(key: str, value: JSON) -> str:
    """Return a member's value in a summary: long texts keep both ends."""
    if isinstance(value, str):
        return ends(value, sensitive(key))
    return inline(value) if isinstance(value, Mapping | Sequence) else inline(value, sensitive(key))


def render(
    view: Mapping[str, Any],
    *,
    args: JSON | Erased,
    context: JSON | Erased,
    story: Mapping[str, JSON] | Erased | None,
    names: Callable[[str], str],
    now: int,
    width: int,
    unfold: Collection[str] = (),
    zone: tzinfo = UTC,
) -> list[Line]:
    """Return the whole page of a review as lines of at most `width` columns (40 at least).

    `names` turns ids into display names, `now` is in microseconds, `unfold` holds the paths of opened folds.
    """
    page = Page(max(width, _NARROWEST), unfold)
    reader = Reader(names, now, zone)
    return [
        *_head(view, args, reader, page),
        *_facts(view, reader, page),
        *_arguments(view, args, page),
        *_context(view, context, page),
        *_story(view, story, page),
    ]


def _head(view: Mapping[str, Any], args: JSON | Erased, reader: Reader, page: Page) -> Iterator[Line]:
    review, action = view["review"], view["action"]
    kind = KINDS.get(review["kind"]) or visible(review["kind"]).upper()
    title, id_ = f"{kind}  {visible(action['name'])}", visible(review["id"])
    room = page.width - columns(id_) - 2
    text = pad(clip(title, room), room + 2) + id_
    yield Line("title", text, (Span(len(text) - len(id_), len(text), "muted"),))
    if words := clip(gist(args), page.width):
        yield Line("title", words)
    yield from wrapped("deadline", deadline(view, reader), page.width)
    yield Line("rule", "─" * page.width)


def _facts(view: Mapping[str, Any], reader: Reader, page: Page) -> Iterator[Line]:
    for name, words in facts(view, reader):
        rows = [Line("fact", row) for row in wrap(words, page.width - _FACT_COLUMN)]
        yield from keyed(name, rows, indent=0, column=_FACT_COLUMN, width=page.width)


def _heading(text: str, note: str, page: Page, style: Style = "heading") -> Iterator[Line]:
    """Yield a heading with a quiet note at its right, or below where there is no room."""
    yield BLANK
    room = page.width - columns(text) - 2
    if columns(note) <= room:
        line = text + "  " + " " * (room - columns(note)) + note
        yield Line(style, line, (Span(len(line) - len(note), len(line), "muted"),))
    else:
        yield Line(style, text)
        yield from wrapped("muted", note, page.width)


def _arguments(view: Mapping[str, Any], args: JSON | Erased, page: Page) -> Iterator[Line]:
    bind = digest(visible(view["action"]["bind"]))
    yield from _heading("EXACT ARGUMENTS", f"only these bytes run · {bind}", page)
    if isinstance(args, Erased):
        yield Line("muted", "  " + _erased(args))
    else:
        yield from _value(args, "args", page)
        yield from _checked(args, page)
    unseen = [path for path in view["unseen"] if path not in page.unfold]
    if unseen:
        yield from _flag(f"⚑ Folded and not opened yet: {', '.join(map(safe, unseen))}", page)
    yield from _flags(view, "args", page)


def _value(value: JSON, path: str, page: Page) -> Iterator[Line]:
    if isinstance(value, Mapping | Sequence) and not value:
        yield Line("muted", "  none")
    else:
        yield from tree(value, path, page, indent=2)


def _checked(value: JSON, page: Page) -> Iterator[Line]:
    """Yield how many characters hide, and that masked values are bound in full."""
    found = hidden_in(value)
    words = f"  {count(found, 'hidden character')}{', drawn as ⟨U+…⟩' if found else ''}"
    yield Line("flag" if found else "good", words)
    if written(value).covers:
        yield from wrapped(
            "muted", "  Secrets are masked for display; the digest binds them in full.", page.width, hang=2
        )


def _flags(view: Mapping[str, Any], part: str, page: Page) -> Iterator[Line]:
    """Yield the flags of one part, whose paths begin with its name, and what in it cannot be inspected."""
    for flag in view["flags"]:
        if _within(flag["path"], part):
            heading = CODES.get(flag["code"]) or visible(flag["code"])
            yield from _flag(f"⚑ {heading}, {safe(flag['path'])}: {safe(flag['text'])}", page)
    for one in view.get("uninspected", ()):
        if _within(one["path"], part):
            heading = OPAQUE.get(one["code"]) or visible(one["code"])
            yield from _flag(f"⚐ Not inspected, {safe(one['path'])}: {heading}. {safe(one['text'])}", page)


def _within(path: str, part: str) -> bool:
    return path == part or path.startswith((f"{part}.", f"{part}["))


def _flag(text: str, page: Page) -> Iterator[Line]:
    yield from (Line(line.style, "  " + line.text) for line in wrapped("flag", text, page.width - 2, hang=2))


def _context(view: Mapping[str, Any], context: JSON | Erased, page: Page) -> Iterator[Line]:
    if context is None:
        return
    bound = view["parts"]["context"]
    yield from _heading("CONTEXT", "frozen when asked" + (f" · {digest(visible(bound))}" if bound else ""), page)
    if isinstance(context, Erased):
        yield Line("muted", "  " + _erased(context))
        return
    yield from _value(context, "context", page)
    if hidden_in(context) or written(context).covers:
        yield from _checked(context, page)
    yield from _flags(view, "context", page)


def _story(view: Mapping[str, Any], story: Mapping[str, JSON] | Erased | None, page: Page) -> Iterator[Line]:
    """Yield the agent's text, every line of it behind the fence, and before it what Handrail found in it."""
    if not story:
        return
    yield BLANK
    yield from _flags(view, "story", page)
    yield Line("agent", f"{FENCE}agent text, not verified", (Span(0, len(FENCE) + 24, "heading"),))
    inner = Page(page.width - len(FENCE), page.unfold)
    for line in _told(story, inner):
        yield Line("agent", FENCE + line.text, tuple(moved(line.spans, len(FENCE))))


def _told(story: Mapping[str, JSON] | Erased, page: Page) -> Iterator[Line]:
    if isinstance(story, Erased):
        yield Line("muted", _erased(story))
        return
    for key, value in in_order(story).items():
        name = key.capitalize() if key in STORY else label(key)
        yield from (Line("agent", row, (Span(0, len(row), "key"),)) for row in wrap(name, page.width))
        yield from _speech(value, member("story", key), page)


def in_order(story: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return a story in the order it is shown, without what says nothing."""
    order = [*(key for key in STORY if key in story), *(key for key in story if key not in STORY)]
    return {key: story[key] for key in order if story[key] not in (None, "", {}, [])}


def _speech(value: JSON, path: str, page: Page) -> Iterator[Line]:
    """Yield agent text as prose, its line breaks as rows; other values as a tree."""
    if not isinstance(value, str):
        yield from tree(value, path, page, indent=2)
        return
    shown = conceal(value)
    for style, text in folded(shown, opened=path in page.unfold):
        for row in wrap(text, page.width - 2):
            spans = (Span(2, 2 + len(row), "fold"),) if style == "fold" else ()
            yield Line("agent", "  " + row.removesuffix("⏎"), spans)


def _erased(part: Erased) -> str:
    return f"[erased, {digest(visible(part.digest))}]"
