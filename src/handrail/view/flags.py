"""Flags: what a reader of hostile values should know before deciding. They inform, they decide nothing.

The codes are stable. A flag's words say where and what, and never quote a secret.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import addresses, bulk, injections, letters, masks, names, payloads, shells, syntax
from .fold import LONG_TEXT, MANY_MEMBERS
from .masks import Sensitivity
from .value import JSON, item, label, member

CODES: dict[str, str] = {
    "invisible": "Hidden characters",
    "bidi": "Text direction changed",
    "control": "Control characters",
    "lookalike": "Look-alike letters",
    "mixed_script": "Mixed alphabets",
    "padding": "Padding",
    "size": "Large value",
    "depth": "Deep nesting",
    "lookalike_key": "Look-alike names",
    "secret": "Secret",
    "shell": "Shell syntax",
    "path": "File path",
    "url": "Web address",
    "formula": "Spreadsheet formula",
    "encoded": "Encoded text",
    "sql": "Database command",
    "markup": "Page or template code",
}
"""Every code with its heading for people, in the order of the table in the documentation."""

DEEP = 8
"""Levels of nesting that a person can still follow."""

MOST_PLACES = 8
"""Places told for one code; the rest are counted in one more flag at the first place left out."""

Trail = tuple["Trail", str | int] | None
"""The way to a value, innermost step last, turned into a path only where a flag needs it."""

Container = Sequence[JSON] | Mapping[str, JSON]
_Step = tuple[JSON, Trail, int, str, Sensitivity]


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing to know: a stable code, the path of the value, and calm exact words."""

    code: str
    path: str
    text: str


_CHECKS: tuple[tuple[str, Callable[[str, str], str]], ...] = (
    ("padding", bulk.padding),
    ("shell", shells.shell),
    ("path", syntax.path),
    ("url", addresses.url),
    ("formula", syntax.formula),
    ("encoded", payloads.encoded),
    ("sql", injections.sql),
    ("markup", injections.markup),
)


def inspect(value: JSON, *, path: str = "args") -> tuple[Flag, ...]:
    """Return the flags of a JSON value and of the names in it, in reading order."""
    found = list(_walk(value, path))
    if len(found) <= MOST_PLACES:
        return tuple(found)
    return tuple(_bounded(found))


def _bounded(found: list[Flag]) -> Iterator[Flag]:
    totals = Counter(flag.code for flag in found)
    told: Counter[str] = Counter()
    for flag in found:
        told[flag.code] += 1
        if told[flag.code] <= MOST_PLACES:
            yield flag
        elif told[flag.code] == MOST_PLACES + 1:
            more = totals[flag.code] - MOST_PLACES
            yield Flag(
                flag.code,
                flag.path,
                f"The same in {more:,} more place{'' if more == 1 else 's'}, from here on.",
            )


def _walk(value: JSON, path: str) -> Iterator[Flag]:
    """Visit every value without recursion, so that no depth of nesting can break the inspection."""
    stack: list[_Step] = [(value, None, 0, "", "")]
    while stack:
        node, trail, depth, key, sensitivity = stack.pop()
        if isinstance(node, str):
            yield from _text(node, _path(path, trail), key, sensitivity)
        elif isinstance(node, Mapping):
            calm, sensitivities = names.judge(node)
            if not calm:
                yield from _names(node, trail, path)
            yield from _extent(node, trail, depth, path)
            stack += _members(node, sensitivities, trail, depth + 1, sensitivity)
        elif isinstance(node, Sequence):
            yield from _extent(node, trail, depth, path)
            stack += _items(node, trail, depth + 1, key, sensitivity)
        elif sensitivity == "always" and node is not None and not isinstance(node, bool):
            yield Flag("secret", _path(path, trail), "Named like a secret. " + _MASKED)


def _members(
    node: Mapping[str, JSON], own: Sequence[Sensitivity], trail: Trail, depth: int, inherited: Sensitivity
) -> list[_Step]:
    """Return the members that need a look, last first; all members of a secret are secret."""
    steps: list[_Step] = []
    for (name, child), sensitivity in zip(node.items(), own, strict=True):
        if inherited == "always":
            sensitivity = inherited
        if sensitivity or not _calm(child):
            steps.append((child, (trail, name), depth, name, sensitivity))
    steps.reverse()
    return steps


def _items(node: Sequence[JSON], trail: Trail, depth: int, key: str, inherited: Sensitivity) -> list[_Step]:
    steps: list[_Step] = [
        (child, (trail, index), depth, key, inherited)
        for index, child in enumerate(node)
        if inherited or not _calm(child)
    ]
    steps.reverse()
    return steps


def _calm(value: JSON) -> bool:
    """Say quickly that no check can be about a value: a number, a truth value, a few plain words."""
    if isinstance(value, str):
        if not value or len(value) > _FEW:
            return not value
        return _harmless(value) if _PLAIN(value) else _ADDRESS(value) is not None
    return value is None or isinstance(value, _SCALARS)


def _harmless(text: str) -> bool:
    """Judge plain characters: without a long run there is no payload among them, and no secret but a told password."""
    lower = text.lower()
    if (
        4 * text.count(" ") > max(len(text) - 4, 20)
        or _TRICK(text) is not None
        or lower.partition(" ")[0] in _VERBS
        or "passwor" in lower
        or "kennwort" in lower
    ):
        return False
    return _LUMP(text) is None or _USUAL(text) is not None or not (masks.suspected(text) or payloads.encoded(text, ""))


_SCALARS = (int, float)
_FEW = 120
_PLAIN = re.compile(r"[A-Za-z0-9][\w ,.!?@'()#+-]*", re.ASCII).fullmatch
_LUMP = re.compile(r"[\w.+-]{12}", re.ASCII).search
_USUAL = re.compile(
    r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[A-Za-z]{1,12}[_-]?\d{1,18}"
    r"|\d{4}-\d\d-\d\d|[a-z][a-z0-9._+-]{0,40}@[a-z0-9.-]{1,60}"
).fullmatch
"""An IBAN, a UUID, a letter and digits identifier, a date, an e-mail address: long runs that hide nothing."""

_ADDRESS = re.compile(
    r"https://(?:[a-z0-9]{1,30}(?:-[a-z0-9]{1,30}){0,3}\.){1,4}[a-z]{2,12}(?:/[A-Za-z0-9-]{0,15}){0,8}"
).fullmatch
"""An ordinary web address without query, user, port or punycode."""

_TRICK = re.compile(r"  |\.\.| [.-]|id_|xn--|UNION|union|0x|^[+-]").search
_VERBS = frozenset({*shells.FIRST_WORDS, "drop", "delete", "truncate", "update", "grant"})
"""First words with which plain words may be a command."""


def _extent(node: Container, trail: Trail, depth: int, path: str) -> Iterator[Flag]:
    if len(node) > MANY_MEMBERS:
        words = f"{len(node):,} members; the middle is folded until it is opened."
        yield Flag("size", _path(path, trail), words)
    if depth == DEEP:
        yield Flag("depth", _path(path, trail), f"More than {DEEP} levels of nesting from here on.")


def _names(node: Mapping[str, JSON], trail: Trail, path: str) -> Iterator[Flag]:
    for key in node:
        if not names.plain(key) or names.laden(key):
            for flag in _text(key, _path(path, (trail, key)), "", ""):
                words = flag.text.replace(_MASKED, "Names are not masked.")
                yield Flag(flag.code, flag.path, f"In the name: {words}")
    for one, other in names.alike(list(node)):
        words = f"The names {label(one)} and {label(other)} look alike."
        yield Flag("lookalike_key", _path(path, trail), words)


_MASKED = "Masked here; the digest binds the full value."
_QUOTE = re.compile("“.*”")


def _text(text: str, place: str, key: str, sensitivity: Sensitivity) -> Iterator[Flag]:
    """Yield the flags of one text; words taken from a text that holds a secret are not repeated."""
    found = masks.find(text, sensitivity)
    if found:
        yield Flag("secret", place, _told(found, text))
    shown = len(masks.conceal(text, sensitivity).text if found else text)
    if shown > LONG_TEXT:
        yield Flag("size", place, f"{shown:,} characters; the middle is folded until it is opened.")
    if not (text.isascii() and text.isprintable()):
        for code, words in letters.signs(text):
            yield Flag(code, place, _QUOTE.sub("a word", words) if found else words)
    for code, check in _CHECKS:
        if code == "encoded" and masks.whole(found, text):
            continue
        if words := check(text, key):
            yield Flag(code, place, words)


def _told(found: tuple[masks.Found, ...], text: str) -> str:
    kinds = ", ".join(dict.fromkeys(secret.what for secret in found))
    if masks.whole(found, text):
        return f"{kinds[0].upper()}{kinds[1:]}, {len(text):,} characters. {_MASKED}"
    size = sum(secret.end - secret.start for secret in found)
    return f"{kinds[0].upper()}{kinds[1:]}, {size:,} of {len(text):,} characters. {_MASKED}"


def _path(path: str, trail: Trail) -> str:
    steps: list[str | int] = []
    while trail:
        trail, step = trail
        steps.append(step)
    for step in reversed(steps):
        path = item(path, step) if isinstance(step, int) else member(path, step)
    return path
