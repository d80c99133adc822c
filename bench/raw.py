"""The controls: the same durable commits and rows by the driver alone, one by one and by a group-commit writer."""

import asyncio
import queue
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import apsw

from handrail.store.migrate import migrate

from .recorded import Commit, Row, Template
from .timing import Rate, rate

HEAD: Final = "INTO heads"


class Raw:
    """A database with our tables, written without us."""

    def __init__(self, path: Path, template: Template) -> None:
        self._connection: Final = apsw.Connection(str(path))
        self._connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA mmap_size = 0")
        migrate(self._connection)
        self._template: Final = template
        self._made = 0

    def one_by_one(self, count: int) -> Rate:
        """Cycles a second, one commit after another in one thread."""
        commits = [commit for cycle in self._cycles(count) for commit in cycle]

        def work() -> None:
            for commit in commits:
                self.write([commit])

        return rate(count, work)

    def grouped(self, count: int, width: int) -> Rate:
        """Cycles a second of `width` coroutines that wait for one writer thread."""
        cycles = iter(self._cycles(count))
        return rate(count, lambda: asyncio.run(_grouped(self, cycles, width)))

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def _cycles(self, count: int) -> list[list[Commit]]:
        self._made += count
        return [self._template.again(number) for number in range(self._made - count, self._made)]

    def write(self, commits: Iterable[Commit]) -> None:
        """One transaction for these commits: each statement once for all its rows, the head's once."""
        rows: dict[str, list[Row]] = {}
        for commit in commits:
            for statement, row in commit:
                rows.setdefault(statement, []).append(row)
        cursor = self._connection.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        for statement, values in rows.items():
            cursor.executemany(statement, values[-1:] if HEAD in statement else values)
        cursor.execute("COMMIT")


@dataclass(frozen=True, slots=True)
class _Waiting:
    commit: Commit
    done: asyncio.Future[None]


async def _grouped(raw: Raw, cycles: Iterable[list[Commit]], width: int) -> None:
    loop = asyncio.get_running_loop()
    waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
    writer = threading.Thread(target=_write, args=(raw, waiting, loop))
    writer.start()

    async def worker() -> None:
        for cycle in cycles:
            for commit in cycle:
                one = _Waiting(commit, loop.create_future())
                waiting.put(one)
                await one.done

    await asyncio.gather(*(worker() for _ in range(width)))
    waiting.put(None)
    writer.join()


def _write(raw: Raw, waiting: queue.SimpleQueue[_Waiting | None], loop: asyncio.AbstractEventLoop) -> None:
    while (first := waiting.get()) is not None:
        batch = [first]
        while not waiting.empty() and (more := waiting.get()) is not None:
            batch.append(more)
        raw.write([one.commit for one in batch])
        loop.call_soon_threadsafe(_resolve, batch)


def _resolve(batch: list[_Waiting]) -> None:
    for one in batch:
        one.done.set_result(None)
