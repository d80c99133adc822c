"""The people file: who may be asked, in which groups, and whose decisions an OS user makes. YAML 1.2, read strictly.

people:
  - handle: ann
    name: Ann Doe
    os_user: ann
    groups: [treasury]
    roles: [reviewer, administrator]
    zone: Europe/Berlin
    quiet: 22:00-07:00
    absent: [{from: 2026-12-24, to: 2027-01-02, substitute: user:ben}]
    tell: [{by: mail, to: ann@example.com}, {by: push}]
    digest: 15m
groups:
  - handle: treasury
    zone: Europe/Berlin
    rotation: {who: [user:ann, user:ben], from: 2026-11-30 09:00, every: 1w}
"""

from __future__ import annotations

from dataclasses import dataclass

from ..directory.roles import DEFAULT, Role
from ..directory.telling import SILENT, Telling
from ..directory.times import Rota, Times
from ..errors import UsageError


class PeopleFileError(UsageError):
    """A people file that cannot be meant. `line` counts from 1; `fix` says what to write."""

    code = "people_file"

    def __init__(self, line: int, problem: str, fix: str) -> None:
        super().__init__(f"line {line}: {problem}; {fix}")
        self.line, self.problem, self.fix = line, problem, fix


@dataclass(frozen=True, slots=True)
class PersonSpec:
    """One person of the file. `handle` is `user:ann`, groups are `group:treasury`, without repetition, in order;
    `roles` are those of `directory.roles`, a reviewer where none is named; `times` say when they are there,
    `telling` how they are told what waits for them."""

    handle: str
    name: str
    os_user: str | None
    groups: tuple[str, ...]
    line: int
    roles: tuple[Role, ...] = DEFAULT
    times: Times | None = None
    telling: Telling = SILENT


@dataclass(frozen=True, slots=True)
class GroupSpec:
    """One group of the file, `group:treasury`, and who of it is on call when."""

    handle: str
    rota: Rota | None
    line: int


def read_people(text: str) -> tuple[PersonSpec, ...]:
    """The people of a file, in its order. Raises `PeopleFileError`; nothing is ever guessed."""
    from .people_yaml import people_of

    return people_of(text)


def read_groups(text: str) -> tuple[GroupSpec, ...]:
    """The groups that the file says more about than who is in them. Raises `PeopleFileError`."""
    from .people_yaml import groups_of

    return groups_of(text)
