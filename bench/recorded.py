"""Records what one cycle really writes, so that the raw control can write the same again."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import apsw

from handrail.ids import derive

Row = tuple[Any, ...]
Commit = list[tuple[str, Row]]
"""The statements of one transaction, each with one row."""

_ID: Final = re.compile(r"(act|rev|cmd|cal)_[0-9a-z]{26}")
_COUNTED: Final = ("INSERT INTO entries", "INSERT INTO disclosures")


class Recorder:
    """Listens to every connection that is opened while it is entered."""

    def __init__(self) -> None:
        self._commits: list[Commit] = []

    def __enter__(self) -> "Recorder":
        apsw.connection_hooks.append(self._hook)
        return self

    def __exit__(self, *_: object) -> None:
        apsw.connection_hooks.remove(self._hook)

    def commits(self, work: Callable[[], object]) -> list[Commit]:
        """What `work` commits, on connections opened inside this block."""
        self._commits.clear()
        work()
        return list(self._commits)

    def _hook(self, connection: apsw.Connection) -> None:
        connection.set_exec_trace(partial(self._traced, []))

    def _traced(self, written: Commit, _: object, statement: str, values: object) -> bool:
        """`written` is what this connection has written since its last commit; readers commit, too."""
        if statement == "COMMIT" and written:
            self._commits.append(list(written))
            written.clear()
        elif statement.lstrip().startswith(("INSERT", "UPDATE")) and isinstance(values, tuple):
            written.append((statement, values))
        return True


@dataclass(frozen=True, slots=True)
class Template:
    """The commits of one cycle, to be made again for other actions."""

    commits: list[Commit]

    @property
    def rows(self) -> int:
        """How many rows a cycle writes."""
        return sum(len(commit) for commit in self.commits)

    @property
    def size(self) -> int:
        """How many bytes of text and blobs a cycle writes."""
        values = (value for commit in self.commits for _, row in commit for value in row)
        return sum(len(value) for value in values if isinstance(value, str | bytes))

    @property
    def entries(self) -> int:
        """How many log entries a cycle writes."""
        return sum(statement.startswith(_COUNTED[0]) for commit in self.commits for statement, _ in commit)

    def again(self, number: int) -> list[Commit]:
        """The same cycle for the `number`-th other action."""
        shift = (number + 1) * self.entries
        return [
            [(statement, _renewed(statement, row, number, shift)) for statement, row in one] for one in self.commits
        ]


def _renewed(statement: str, row: Row, number: int, shift: int) -> Row:
    renewed = [_other(value, number) for value in row]
    if statement.startswith(_COUNTED):
        renewed[1] += shift
    return tuple(renewed)


def _other(value: Any, number: int) -> Any:
    """Another id for each id, as far from its neighbours as a minted one."""
    if isinstance(value, str) and len(value) == 30 and _ID.fullmatch(value):
        return derive(value[:3], value, number)
    return value
