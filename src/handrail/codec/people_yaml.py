"""Reads the people file's YAML with its line marks; loaded only when there is one to read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from ..directory.roles import DEFAULT, ROLES, Role
from ..principal import SOLO_ID
from .people_file import PeopleFileError, PersonSpec

MAX_CHARACTERS: Final = 1_000_000
MAX_NAME: Final = 200
_KEYS: Final = ("handle", "name", "os_user", "groups", "roles")
_HANDLE: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,98}[a-z0-9])?")
_TEXT: Final = "tag:yaml.org,2002:str"


def people_of(text: str) -> tuple[PersonSpec, ...]:
    """The people of a file, in its order. Raises `PeopleFileError`."""
    root = _parsed(text)
    if not isinstance(root, MappingNode):
        _wrong(root, "the file is no mapping", "begin it with `people:` and a list below")
    members = _members(root, ("people",))
    listed = members.get("people")
    if listed is None:
        _wrong(root, "there is no `people:`", "begin the file with `people:` and a list below")
    if not isinstance(listed, SequenceNode) or not listed.value:
        _wrong(listed, "`people:` is no list of people", "write each as `- handle: ann`")
    people = tuple(_person(node) for node in listed.value)
    _unique(people)
    return people


def _parsed(text: str) -> Node | None:
    if len(text) > MAX_CHARACTERS:
        raise PeopleFileError(1, f"the file has {len(text):,} characters", f"keep it below {MAX_CHARACTERS:,}")
    reader = YAML(typ="rt", pure=True)
    try:
        nodes = list(reader.compose_all(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = " ".join(str(error.problem or error.context).split())
        raise PeopleFileError(mark.line + 1 if mark else 1, problem, "write plain YAML") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise PeopleFileError(1, "this is no YAML text", "write plain YAML in UTF-8") from error
    if len(nodes) > 1:
        _wrong(nodes[1], "a second document begins here", "keep everybody in one list")
    return nodes[0] if nodes else None


def _wrong(node: Node | None, problem: str, fix: str) -> NoReturn:
    raise PeopleFileError(_line(node), problem, fix)


def _line(node: Node | None) -> int:
    return int(node.start_mark.line) + 1 if node is not None and node.start_mark else 1


def _members(node: MappingNode, known: tuple[str, ...]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else ""
        if name not in known:
            _wrong(key, f"{_said(name)} is no key here", f"known are {', '.join(known)}")
        if name in found:
            _wrong(key, f"`{name}` is written twice", "keep one of them")
        found[name] = value
    return found


def _person(node: Node) -> PersonSpec:
    if not isinstance(node, MappingNode):
        _wrong(node, "a person is no mapping", "write `- handle: ann`")
    members = _members(node, _KEYS)
    if "handle" not in members:
        _wrong(node, "this person has no handle", "add `handle: ann`")
    handle = _handle(members["handle"], "user")
    bare = handle.removeprefix("user:")
    name = _text(members["name"], "name") if "name" in members else bare
    os_user = _text(members["os_user"], "os_user") if "os_user" in members else None
    groups = tuple(_groups(members["groups"])) if "groups" in members else ()
    roles = tuple(_roles(members["roles"])) if "roles" in members else DEFAULT
    return PersonSpec(handle, name, os_user, groups, _line(node), roles)


def _groups(node: Node) -> Iterator[str]:
    if not isinstance(node, SequenceNode):
        _wrong(node, "`groups` is no list", "write `groups: [treasury, legal]`")
    seen: set[str] = set()
    for one in node.value:
        group = _handle(one, "group")
        if group in seen:
            _wrong(one, f"{group} is listed twice", "keep it once")
        seen.add(group)
        yield group


def _roles(node: Node) -> Iterator[Role]:
    if not isinstance(node, SequenceNode) or not node.value:
        _wrong(node, "`roles` is no list of roles", "write `roles: [reviewer]`")
    seen: set[str] = set()
    for one in node.value:
        text = _text(one, "role")
        role = next((known for known in ROLES if known == text), None)
        if role is None:
            _wrong(one, f"{_said(text)} is no role", f"known are {', '.join(ROLES)}")
        if role in seen:
            _wrong(one, f"{role} is listed twice", "keep it once")
        seen.add(role)
        yield role


def _handle(node: Node, kind: str) -> str:
    text = _text(node, "handle" if kind == "user" else "group")
    bare = text.removeprefix(f"{kind}:")
    if not _HANDLE.fullmatch(bare):
        fix = f"use small letters, digits and . _ @ + -, as in {'ann' if kind == 'user' else 'treasury'}"
        _wrong(node, f"{_said(text)} is no handle", fix)
    if f"{kind}:{bare}" == SOLO_ID:
        _wrong(node, "user:local is the one person of solo mode", "choose another handle")
    return f"{kind}:{bare}"


def _text(node: Node, what: str) -> str:
    """A plain or quoted text; numbers and truth values are refused, for their spelling would be guessed."""
    if not isinstance(node, ScalarNode) or node.tag != _TEXT:
        _wrong(node, f"`{what}` is no text", "put it between quotes")
    text = str(node.value)
    if not text.strip() or text != text.strip() or len(text) > MAX_NAME:
        _wrong(node, f"`{what}` is empty, too long or has blanks around it", f"write 1 to {MAX_NAME} characters")
    if any(unicodedata.category(char)[0] == "C" for char in text):
        _wrong(node, f"`{what}` holds characters that nobody sees", "write it again by hand")
    return text


def _unique(people: tuple[PersonSpec, ...]) -> None:
    handles: dict[str, int] = {}
    users: dict[str, int] = {}
    for person in people:
        for seen, value, what in ((handles, person.handle, "handle"), (users, person.os_user, "os_user")):
            if value is None:
                continue
            if value in seen:
                problem = f"the {what} {_said(value)} belongs to the person of line {seen[value]}, too"
                raise PeopleFileError(person.line, problem, "a person is listed once, with everything about them")
            seen[value] = person.line


def _said(text: str) -> str:
    return ascii(text if len(text) <= 40 else text[:39] + "…")
