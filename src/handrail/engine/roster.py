"""What a people file means for a directory: the changes, and the commands that make them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ..codec.people_file import GroupSpec, PeopleFileError, PersonSpec
from ..directory.commands import Command, PutGroup, PutPerson, PutRota, RemovePerson
from ..directory.model import Directory, Person
from ..directory.roles import DEFAULT
from ..directory.telling import telling_of, telling_text
from ..directory.times import rota_of, rota_text, times_of, times_text
from ..errors import NotReady
from ..ids import mint


@dataclass(frozen=True, slots=True)
class Change:
    """One person to be added, changed or removed, or a group to be changed; `what` says in words what is different."""

    kind: Literal["add", "change", "remove"]
    id: str
    handle: str
    what: str
    spec: PersonSpec | GroupSpec | None


def plan(
    directory: Directory, people: tuple[PersonSpec, ...], *, prune: bool, groups: tuple[GroupSpec, ...] = ()
) -> list[Change]:
    """What the file changes, once nothing speaks against it. Raises `PeopleFileError` and `NotReady`."""
    _require_own_links(directory, people, prune)
    _require_known(directory, people, groups, prune=prune)
    found = changes(directory, people, prune=prune)
    _require_administrator(directory, found)
    return found + [change for spec in groups if (change := _rota(directory, spec))]


def _require_known(
    directory: Directory, people: tuple[PersonSpec, ...], groups: tuple[GroupSpec, ...], *, prune: bool
) -> None:
    """Raise `PeopleFileError` where somebody stands in who is not there, or is on call for a group they are not in."""
    present = {} if prune else {handle_of(directory, one): one.groups for one in directory.people.values()}
    after = present | {one.handle: tuple(directory.names.group(_bare(group)) for group in one.groups) for one in people}
    for spec in people:
        for one in spec.times.absences if spec.times else ():
            if one.substitute == spec.handle or (one.substitute and one.substitute not in after):
                problem = f"{one.substitute} cannot stand in for {spec.handle}"
                raise PeopleFileError(spec.line, problem, "name another person who is in this file or in the directory")
    for group in groups:
        for who in _on_call(group):
            if directory.names.group(_bare(group.handle)) not in after.get(who, ()):
                problem = f"{who} is on call for {group.handle} and not in it"
                raise PeopleFileError(group.line, problem, "name people of the group alone, or add them to it")


def _on_call(group: GroupSpec) -> Iterator[str]:
    if group.rota is not None:
        yield from (one.who for one in group.rota.shifts)
        yield from group.rota.rotation.who if group.rota.rotation else ()


def _require_own_links(directory: Directory, people: tuple[PersonSpec, ...], prune: bool) -> None:
    """Raise `PeopleFileError` where an OS user would be linked to two people."""
    found = clash(directory, people, prune=prune)
    if found:
        spec, other = found
        problem = f"os_user {spec.os_user!a} belongs to {handle_of(directory, other)}, who is not in this file"
        raise PeopleFileError(spec.line, problem, "name both here, or remove the other with --prune")


def changes(directory: Directory, people: tuple[PersonSpec, ...], *, prune: bool) -> list[Change]:
    """What the file changes, in its order; those it does not name go only with `prune`."""
    found = [change for spec in people if (change := _change(directory, spec))]
    named = {directory.resolve(spec.handle) for spec in people}
    gone = [person for id_, person in directory.people.items() if id_ not in named] if prune else []
    removals = [Change("remove", one.id, handle_of(directory, one), "", None) for one in gone]
    return found + sorted(removals, key=lambda change: change.handle)


def _change(directory: Directory, spec: PersonSpec) -> Change | None:
    id_ = directory.resolve(spec.handle)
    if id_ is None:
        return Change("add", mint("usr"), spec.handle, _said(spec), spec)
    what = ", ".join(_differences(directory, directory.people[id_], spec))
    return Change("change", id_, spec.handle, what, spec) if what else None


def _said(spec: PersonSpec) -> str:
    roles = "" if spec.roles == DEFAULT else " ".join(spec.roles)
    parts = [spec.name, f"os_user {spec.os_user}" if spec.os_user else "", " ".join(spec.groups), roles]
    return ", ".join(part for part in parts if part)


def _differences(directory: Directory, person: Person, spec: PersonSpec) -> Iterator[str]:
    names, label = directory.names, profile(directory, person.id)
    if label.get("name") != spec.name:
        yield f"name {spec.name}"
    if person.os_user != (names.os_user(spec.os_user) if spec.os_user else None):
        yield f"os_user {spec.os_user or 'none'}"
    before = {group: group_name(directory, group) for group in person.groups}
    after = {names.group(_bare(group)): group for group in spec.groups}
    yield from (f"+{after[group]}" for group in after if group not in before)
    yield from (f"-{before[group]}" for group in before if group not in after)
    if set(person.roles) != set(spec.roles):
        yield f"roles {' '.join(spec.roles)}"
    if times_of(dict(label)) != spec.times:
        yield "other times" if spec.times else "no times any more"
    if telling_of(dict(label)) != spec.telling:
        yield f"told by {' '.join(one.by for one in spec.telling.ways) or 'nothing'}"


def _rota(directory: Directory, spec: GroupSpec) -> Change | None:
    id_ = directory.names.group(_bare(spec.handle))
    if rota_of(dict(profile(directory, id_))) == spec.rota:
        return None
    return Change("change", id_, spec.handle, "another rota" if spec.rota else "no rota any more", spec)


def unlinked(directory: Directory, people: tuple[PersonSpec, ...], os_user: str, *, prune: bool) -> bool:
    """Whether nobody would be linked to that OS user afterwards."""
    if any(spec.os_user == os_user for spec in people):
        return False
    present = directory.linked(os_user)
    named = {directory.resolve(spec.handle) for spec in people}
    return present is None or prune or present.id in named


def clash(directory: Directory, people: tuple[PersonSpec, ...], *, prune: bool) -> tuple[PersonSpec, Person] | None:
    """A person of the file whose OS user is linked to somebody who is not in the file and stays."""
    named = {directory.resolve(spec.handle) for spec in people}
    stay = (
        {} if prune else {one.os_user: one for id_, one in directory.people.items() if id_ not in named and one.os_user}
    )
    for spec in people:
        other = stay.get(directory.names.os_user(spec.os_user)) if spec.os_user else None
        if other is not None:
            return spec, other
    return None


def _require_administrator(directory: Directory, planned: list[Change]) -> None:
    """Raise `NotReady` where a plan would leave nobody who administers, before any of it is done."""
    after = set(directory.administrators)
    for change in planned:
        (after.add if _administers(change.spec) else after.discard)(change.id)
    if directory.administrators and not after:
        raise NotReady(
            "nobody could change people, keys or the policy any more: leave somebody in the file who has "
            "`roles: [administrator]`; nothing was changed"
        )


def _administers(spec: PersonSpec | GroupSpec | None) -> bool:
    return isinstance(spec, PersonSpec) and "administrator" in spec.roles


def commands(directory: Directory, planned: list[Change]) -> list[tuple[str, Command]]:
    """The commands of a plan, each with the id of its row: groups that have no name yet first, then people,
    administrators before the others, so that one takes over before another leaves."""
    specs = [change.spec for change in planned]
    groups = dict.fromkeys(group for spec in specs if isinstance(spec, PersonSpec) for group in spec.groups)
    found = [_group(directory, group) for group in groups]
    people = [change for change in planned if not isinstance(change.spec, GroupSpec)]
    ordered = sorted(people, key=lambda change: not _administers(change.spec))
    rotas = [
        (change.id, PutRota(change.handle, rota_text(change.spec.rota) if change.spec.rota else None))
        for change in planned if isinstance(change.spec, GroupSpec)
    ]  # fmt: skip
    return found + [_person(directory, change) for change in ordered] + rotas


def _group(directory: Directory, group: str) -> tuple[str, Command]:
    bare = _bare(group)
    command = PutGroup(directory.names.look_up("group", bare), group)
    return directory.names.group(bare), command


def _person(directory: Directory, change: Change) -> tuple[str, Command]:
    spec, names = change.spec, directory.names
    if not isinstance(spec, PersonSpec):
        return change.id, RemovePerson()
    command = PutPerson(
        handle=names.look_up("user", _bare(spec.handle)),
        os_user=names.os_user(spec.os_user) if spec.os_user else None,
        groups=tuple(sorted(names.group(_bare(group)) for group in spec.groups)),
        handle_text=spec.handle, name=spec.name, os_user_text=spec.os_user, roles=spec.roles,
        telling=telling_text(spec.telling),
        times=times_text(spec.times) if spec.times else None,
    )  # fmt: skip
    return change.id, command


def _bare(handle: str) -> str:
    return handle.partition(":")[2]


def profile(directory: Directory, id_: str) -> Mapping[str, Any]:
    """The erasable names of somebody, as far as they are kept."""
    label = directory.labels.get(id_)
    return label if isinstance(label, Mapping) else {}


def handle_of(directory: Directory, person: Person) -> str:
    """A person's handle, or the id once the handle is erased."""
    return str(profile(directory, person.id).get("handle") or person.id)


def group_name(directory: Directory, group: str) -> str:
    """A group's handle, or its id where it was never named."""
    return str(profile(directory, group).get("handle") or group)
