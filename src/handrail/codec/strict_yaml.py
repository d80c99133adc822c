"""YAML 1.2 read strictly, with its line marks: one document, plain values, no key twice, nothing guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

MAX_CHARACTERS: Final = 1_000_000
MAX_TEXT: Final = 200
_TEXT: Final = "tag:yaml.org,2002:str"
_NUMBER: Final = "tag:yaml.org,2002:int"


class Wrong(Exception):
    """What is wrong on a line, counted from 1, and what to write instead."""

    def __init__(self, line: int, problem: str, fix: str) -> None:
        super().__init__(line, problem, fix)
        self.line, self.problem, self.fix = line, problem, fix


def parsed(text: str) -> Node | None:
    """The root of the only document. Raises `Wrong`."""
    if len(text) > MAX_CHARACTERS:
        raise Wrong(1, f"the file has {len(text):,} characters", f"keep it below {MAX_CHARACTERS:,}")
    try:
        nodes = list(YAML(typ="rt", pure=True).compose_all(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context).split())
        raise Wrong(mark.line + 1 if mark else 1, problem, "write plain YAML") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise Wrong(1, "this is no YAML text", "write plain YAML in UTF-8") from error
    if len(nodes) > 1:
        wrong(nodes[1], "a second document begins here", "keep everything in one")
    if nodes:
        _no_tricks(nodes[0])
    return nodes[0] if nodes else None


def _no_tricks(root: Node) -> None:
    """Aliases would let one line mean another one."""
    seen: set[int] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if id(node) in seen or node.anchor:
            wrong(node, "anchors and aliases are not used here", "write the value out where it is meant")
        seen.add(id(node))
        if isinstance(node, MappingNode):
            stack += [one for pair in node.value for one in pair]
        elif isinstance(node, SequenceNode):
            stack += node.value


def wrong(node: Node | None, problem: str, fix: str) -> NoReturn:
    """Raise `Wrong` with the node's line."""
    raise Wrong(line(node), problem, fix)


def line(node: Node | None) -> int:
    """The line of a node, from 1."""
    return int(node.start_mark.line) + 1 if node is not None and node.start_mark else 1


def members(node: Node | None, known: tuple[str, ...], what: str) -> dict[str, Node]:
    """The members of a mapping by their keys, which are among the known ones, and each there once."""
    if not isinstance(node, MappingNode):
        wrong(node, f"{what} is no mapping", f"write {known[0]}: …")
    found: dict[str, Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else ""
        if name not in known:
            wrong(key, f"{said(name)} is no key here", f"known are {', '.join(known)}")
        if name in found:
            wrong(key, f"`{name}` is written twice", "keep one of them")
        found[name] = value
    return found


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


def text(node: Node, what: str) -> str:
    """A plain or quoted text; numbers and truth values are refused, for their spelling would be guessed."""
    if not isinstance(node, ScalarNode) or node.tag != _TEXT:
        wrong(node, f"`{what}` is no text", "put it between quotes")
    found = str(node.value)
    if not found.strip() or found != found.strip() or len(found) > MAX_TEXT:
        wrong(node, f"`{what}` is empty, too long or has blanks around it", f"write 1 to {MAX_TEXT} characters")
    if any(unicodedata.category(char)[0] == "C" for char in found):
        wrong(node, f"`{what}` holds characters that nobody sees", "write it again by hand")
    return found


def number(node: Node, what: str, least: int, most: int) -> int:
    """A whole number within bounds."""
    if not isinstance(node, ScalarNode) or node.tag != _NUMBER or not str(node.value).isdecimal():
        wrong(node, f"`{what}` is no whole number", f"write a number from {least} to {most}")
    found = int(node.value)
    if not least <= found <= most:
        wrong(node, f"`{what}` is {found}", f"write a number from {least} to {most}")
    return found


def is_number(node: Node) -> bool:
    """Whether a whole number is written there."""
    return isinstance(node, ScalarNode) and node.tag == _NUMBER


def said(text: str) -> str:
    """A text as it can be repeated in a message."""
    return ascii(text if len(text) <= 40 else text[:39] + "…")
