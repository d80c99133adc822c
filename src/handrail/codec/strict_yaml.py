"""YAML 1.2 read strictly, with its line marks: one document, plain values, no key twice, nothing guessed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from ..stream import JSON

MAX_CHARACTERS: Final = 1_000_000
MAX_TEXT: Final = 200
MAX_DEPTH: Final = 20
_TEXT: Final = "tag:yaml.org,2002:str"
_NUMBER: Final = "tag:yaml.org,2002:int"
_FLOAT: Final = "tag:yaml.org,2002:float"
_WORDS: Final[Mapping[str, Mapping[str, None | bool]]] = {
    "tag:yaml.org,2002:bool": {"true": True, "false": False}, "tag:yaml.org,2002:null": {"null": None},
}  # fmt: skip
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
_DECIMAL: Final = re.compile(r"-?[0-9]{1,15}\.[0-9]{1,15}")


class Wrong(Exception):
    """What is wrong on a line, counted from 1, and what to write instead."""

    def __init__(self, line: int, problem: str, fix: str) -> None:
        super().__init__(line, problem, fix)
        self.line, self.problem, self.fix = line, problem, fix


def parsed(source: str, most: int = MAX_CHARACTERS) -> Node | None:
    """The root of the only document. Raises `Wrong`."""
    if len(source) > most:
        raise Wrong(1, f"the file has {len(source):,} characters", f"keep it below {most:,}")
    _no_directives(source)
    try:
        reader = YAML(typ="rt", pure=True)
        reader.composer.warn_double_anchors = False
        nodes = list(reader.compose_all(source))
    except MarkedYAMLError as error:
        raise _plainly(error) from None
    except ReaderError as error:
        at = source.count("\n", 0, error.position) + 1
        raise Wrong(at, "a character that nobody sees stands here", "write the line again by hand") from None
    except RecursionError:
        raise Wrong(1, "lists and mappings are nested without end", f"nest at most {MAX_DEPTH}") from None
    except (YAMLError, ValueError) as error:
        raise Wrong(1, "this is no YAML text", "write plain YAML in UTF-8") from error
    if len(nodes) > 1:
        wrong(nodes[1], "a second document begins here", "keep everything in one: take out the line ---")
    if nodes:
        _no_tricks(nodes[0], source)
    return nodes[0] if nodes else None


_PLAINLY: Final = (
    ("alias", "a text that begins with * means something else in YAML", 'put it in quotes, as in "*.delete"'),
    ("anchor", "a text that begins with & means something else in YAML", "put it in quotes"),
    ("tag", "tags (words that begin with !) are not used here", "take it out"),
    ("character '\\t'", "a tab stands where spaces belong", "indent with spaces"),
    ("cannot start any token", "this text begins with a sign that has a meaning in YAML", "put it in quotes"),
    ("sequence entries are not", "a list begins in the middle of a line", "write [a, b], or begin a new line"),
    (
        "mapping values are not", "a colon stands where none can be, here or because a line above has none",
        "write each key: value on a line of its own, and a text with a colon in quotes",
    ),
    ("but got ':'", "a colon stands where none can be", "put the text in quotes"),
    ("expected ',' or ']'", "a [ is not closed, or a comma is missing", "write [a, b]"),
    ("expected ',' or '}'", "a { is not closed, or a comma is missing", "write {key: value, key: value}"),
    ("flow node content", "a [ or { is not closed", "write [a, b] or {key: value}"),
    ("unexpected end of stream", "a quote is not closed", "close it on the same line"),
    ("expected <block end>", "the lines do not stand below each other", "begin all keys of a mapping in one column"),
    ("could not find expected ':'", "a key without a colon stands here", "write key: value"),
)  # fmt: skip
"""What the parser says, what that means for who wrote the file, and what to do."""


def _plainly(error: MarkedYAMLError) -> Wrong:
    found = next((one for one in _PLAINLY if one[0] in f"{error.context} {error.problem}"), None)
    mark = error.problem_mark or error.context_mark
    if found is not None and "not closed" in found[1]:
        mark = error.context_mark or mark
    problem, fix = found[1:] if found else (" ".join(str(error.problem).split()), "write plain YAML")
    return Wrong(mark.line + 1 if mark else 1, problem, fix)


def _no_directives(source: str) -> None:
    """They would let the rest be read by other rules."""
    for number, one in enumerate(source.splitlines(), 1):
        if one.startswith("%"):
            raise Wrong(number, "directives (lines that begin with %) are not used here", "take the line out")
        if one.strip() and not one.startswith("#"):
            return


def _no_tricks(root: Node, source: str) -> None:
    """Aliases, merges and tags would let a line mean something else than it says."""
    seen: set[int] = set()
    stack = [(root, 1)]
    while stack:
        node, depth = stack.pop()
        if id(node) in seen or node.anchor:
            wrong(node, "anchors and aliases are not used here", "write the value out where it is meant")
        if source[node.start_mark.index : node.start_mark.index + 1] == "!":
            wrong(node, "tags (words that begin with !) are not used here", "take it out")
        if depth > MAX_DEPTH:
            wrong(node, "lists and mappings are nested without end", f"nest at most {MAX_DEPTH}")
        seen.add(id(node))
        if isinstance(node, MappingNode):
            for key, value in node.value:
                if isinstance(key, ScalarNode) and key.value == "<<":
                    wrong(key, "merge keys (<<) are not used here", "write the keys out where they are meant")
                stack += [(key, depth + 1), (value, depth + 1)]
        elif isinstance(node, SequenceNode):
            stack += [(one, depth + 1) for one in node.value]


def wrong(node: Node | None, problem: str, fix: str) -> NoReturn:
    """Raise `Wrong` with the node's line."""
    raise Wrong(line(node), problem, fix)


def line(node: Node | None) -> int:
    """The line of a node, from 1."""
    return int(node.start_mark.line) + 1 if node is not None and node.start_mark else 1


def members(
    node: Node | None, known: tuple[str, ...], what: str, note: Callable[[Wrong], None] | None = None
) -> dict[str, Node]:
    """The members of a mapping by their keys, which are among the known ones, and each there once.

    A key that is not goes to `note`, where there is one, and the rest is read. Raises `Wrong`.
    """
    if not isinstance(node, MappingNode):
        wrong(node, f"{what} is no mapping of keys and values", f"write {known[0]}: …")
    found: dict[str, Node] = {}
    for key, value in node.value:
        try:
            found[_key(key, known, found)] = value
        except Wrong as error:
            if note is None:
                raise
            note(error)
    return found


def _key(node: Node, known: tuple[str, ...], found: dict[str, Node]) -> str:
    name = str(node.value) if isinstance(node, ScalarNode) else ""
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f"did you mean {close[0]}? " if close else ""
        wrong(node, f"{said(name)} is no key here", f"{hint}known are {', '.join(known)}")
    if name in found:
        wrong(node, f"`{name}` is written twice, first in line {line(found[name])}", "keep one of them")
    return name


def items(node: Node | None, what: str, example: str) -> list[Node]:
    """The items of a list that is not empty."""
    if not isinstance(node, SequenceNode) or not node.value:
        wrong(node, f"{what} is no list", f"write {example}")
    return list(node.value)


def named(node: Node, what: str) -> Iterator[tuple[str, Node, Node]]:
    """The members of a mapping whose keys are names: each name, its own node, its value."""
    if not isinstance(node, MappingNode):
        wrong(node, f"{what} is no mapping of names", "write a name, a colon, and the value below it")
    seen: set[str] = set()
    for key, value in node.value:
        name = text(key, "name")
        if name in seen:
            wrong(key, f"{said(name)} is written twice", "keep one of them")
        seen.add(name)
        yield name, key, value


def text(node: Node, what: str, most: int = MAX_TEXT) -> str:
    """A plain or quoted text; numbers and truth values are refused, for their spelling would be guessed."""
    if not isinstance(node, ScalarNode) or node.tag != _TEXT:
        wrong(node, f"`{what}` is no text", "put it between quotes")
    found = str(node.value)
    if not found.strip() or found != found.strip() or len(found) > most:
        wrong(node, f"`{what}` is empty, too long or has blanks around it", f"write 1 to {most} characters")
    if any(unicodedata.category(char)[0] == "C" for char in found):
        wrong(node, f"`{what}` holds characters that nobody sees", "write it again by hand")
    return found


def lines(node: Node, what: str, most: int) -> str:
    """A text on one or several lines, read as one."""
    if isinstance(node, ScalarNode) and node.style in ("|", ">"):
        node.value = " ".join(str(node.value).split("\n")).strip()
    return text(node, what, most)


def plain(node: Node, what: str) -> JSON:
    """A value as JSON would have it: texts in quotes or plain, numbers, true, false, null, lists and mappings."""
    if isinstance(node, MappingNode):
        return {name: plain(value, what) for name, _, value in named(node, f"`{what}`")}
    if isinstance(node, SequenceNode):
        return [plain(one, what) for one in node.value]
    written, tag = str(node.value), str(node.tag)
    if tag == _TEXT:
        return written
    if tag in _WORDS and written in _WORDS[tag]:
        return _WORDS[tag][written]
    if tag == _NUMBER and _WHOLE.fullmatch(written):
        return int(written)
    if tag == _FLOAT and _DECIMAL.fullmatch(written):
        return float(written)
    wrong(node, f"`{what}` has a value that JSON does not have", "put it between quotes if it is a text")


def number(node: Node, what: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    if not isinstance(node, ScalarNode) or node.tag != _NUMBER or not str(node.value).isdecimal():
        wrong(node, f"`{what}` is no whole number", f"write a number from {least} to {most}")
    found = int(str(node.value)[:10])
    if not least <= found <= most:
        wrong(node, f"`{what}` is {_short(node)}", f"write a number from {least} to {most}")
    return found


def _short(node: ScalarNode) -> str:
    return said(str(node.value)).strip("'")


def is_number(node: Node) -> bool:
    """Whether a whole number is written there."""
    return isinstance(node, ScalarNode) and node.tag == _NUMBER


def said(text: str) -> str:
    """A text as it can be repeated in a message."""
    return ascii(text if len(text) <= 40 else text[:39] + "…")
