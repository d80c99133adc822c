"""Reads the people file's YAML; loaded only when there is one to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ruamel.yaml.nodes import Node, SequenceNode

from ..directory.roles import DEFAULT, ROLES, Role
from ..principal import SOLO_ID
from .people_file import GroupSpec, PeopleFileError, PersonSpec
from .people_telling import telling
from .people_times import rota, times
from .strict_yaml import Wrong, items, line, members, parsed, said, text, wrong

_KEYS: Final = ("handle", "name", "os_user", "groups", "roles", "zone", "hours", "quiet", "absent", "tell", "digest")
_GROUP: Final = ("handle", "zone", "oncall", "rotation")
_HANDLE: Final = re.compile(r"[a-z0-9](?:[a-z0-9._@+-]{0,98}[a-z0-9])?")


def people_of(source: str) -> tuple[PersonSpec, ...]:
    """The people of a file, in its order. Raises `PeopleFileError`."""
    try:
        return _people(source)
    except Wrong as found:
        raise PeopleFileError(found.line, found.problem, found.fix) from None


def groups_of(source: str) -> tuple[GroupSpec, ...]:
    """What a file says about groups, in its order. Raises `PeopleFileError`."""
    try:
        found = members(parsed(source), ("people", "groups"), "the file").get("groups")
        listed = items(found, "`groups:`", "each as `- handle: treasury`") if found is not None else []
        return tuple(_groups_once(listed))
    except Wrong as error:
        raise PeopleFileError(error.line, error.problem, error.fix) from None


def _groups_once(listed: list[Node]) -> Iterator[GroupSpec]:
    seen: dict[str, int] = {}
    for node in listed:
        group = _group(node)
        if group.handle in seen:
            wrong(node, f"{group.handle} is described in line {seen[group.handle]}, too", "describe it once")
        seen[group.handle] = group.line
        yield group


def _group(node: Node) -> GroupSpec:
    found = members(node, _GROUP, "a group")
    if "handle" not in found:
        wrong(node, "this group has no handle", "add `handle: treasury`")
    return GroupSpec(_handle(found["handle"], "group"), rota(found), line(node))


def _people(source: str) -> tuple[PersonSpec, ...]:
    root = parsed(source)
    listed = members(root, ("people", "groups"), "the file").get("people")
    if listed is None:
        wrong(root, "there is no `people:`", "begin the file with `people:` and a list below")
    if not isinstance(listed, SequenceNode) or not listed.value:
        wrong(listed, "`people:` is no list of people", "write each as `- handle: ann`")
    people = tuple(_person(node) for node in listed.value)
    _unique(people)
    return people


def _person(node: Node) -> PersonSpec:
    found = members(node, _KEYS, "a person")
    if "handle" not in found:
        wrong(node, "this person has no handle", "add `handle: ann`")
    handle = _handle(found["handle"], "user")
    bare = handle.removeprefix("user:")
    name = text(found["name"], "name") if "name" in found else bare
    os_user = text(found["os_user"], "os_user") if "os_user" in found else None
    groups = tuple(_groups(found["groups"])) if "groups" in found else ()
    roles = tuple(_roles(found["roles"])) if "roles" in found else DEFAULT
    return PersonSpec(handle, name, os_user, groups, line(node), roles, times(found), telling(found))


def _groups(node: Node) -> Iterator[str]:
    if not isinstance(node, SequenceNode):
        wrong(node, "`groups` is no list", "write `groups: [treasury, legal]`")
    seen: set[str] = set()
    for one in node.value:
        group = _handle(one, "group")
        if group in seen:
            wrong(one, f"{group} is listed twice", "keep it once")
        seen.add(group)
        yield group


def _roles(node: Node) -> Iterator[Role]:
    if not isinstance(node, SequenceNode) or not node.value:
        wrong(node, "`roles` is no list of roles", "write `roles: [reviewer]`")
    seen: set[str] = set()
    for one in node.value:
        given = text(one, "role")
        role = next((known for known in ROLES if known == given), None)
        if role is None:
            wrong(one, f"{said(given)} is no role", f"known are {', '.join(ROLES)}")
        if role in seen:
            wrong(one, f"{role} is listed twice", "keep it once")
        seen.add(role)
        yield role


def _handle(node: Node, kind: str) -> str:
    given = text(node, "handle" if kind == "user" else "group")
    bare = given.removeprefix(f"{kind}:")
    if not _HANDLE.fullmatch(bare):
        fix = f"use small letters, digits and . _ @ + -, as in {'ann' if kind == 'user' else 'treasury'}"
        wrong(node, f"{said(given)} is no handle", fix)
    if f"{kind}:{bare}" == SOLO_ID:
        wrong(node, "user:local is the one person of solo mode", "choose another handle")
    return f"{kind}:{bare}"


def _unique(people: tuple[PersonSpec, ...]) -> None:
    handles: dict[str, int] = {}
    users: dict[str, int] = {}
    for person in people:
        for seen, value, what in ((handles, person.handle, "handle"), (users, person.os_user, "os_user")):
            if value is None:
                continue
            if value in seen:
                problem = f"the {what} {said(value)} belongs to the person of line {seen[value]}, too"
                raise PeopleFileError(person.line, problem, "a person is listed once, with everything about them")
            seen[value] = person.line
