"""The people file: who may be asked, in which groups, and whose decisions an OS user makes. YAML 1.2, read strictly.

people:
  - handle: ann
    name: Ann Doe
    os_user: ann
    groups: [treasury]
    roles: [reviewer, administrator]
    tell: [{by: mail, to: ann@example.com}, {by: push}]
    digest: 15m
"""

from __future__ import annotations

from dataclasses import dataclass

from ..directory.roles import DEFAULT, Role
from ..directory.telling import SILENT, Telling
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
    `roles` are those of `directory.roles`, a reviewer where none is named; `telling` says how they
    are told what waits for them."""

    handle: str
    name: str
    os_user: str | None
    groups: tuple[str, ...]
    line: int
    roles: tuple[Role, ...] = DEFAULT
    telling: Telling = SILENT


def read_people(text: str) -> tuple[PersonSpec, ...]:
    """The people of a file, in its order. Raises `PeopleFileError`; nothing is ever guessed."""
    from .people_yaml import people_of

    return people_of(text)
