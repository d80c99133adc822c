"""A disk that gets full, whose syncs fail, or whose power is cut: beneath SQLite, for every file of the process."""

from __future__ import annotations

import os
import random
import signal
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apsw

SECTOR = 512


class Write(NamedTuple):
    """Something that was written and not synced yet: where, what was there before, and how long the file was."""

    offset: int
    old: bytes
    new: bytes
    size: int


@dataclass
class Disk:
    """What the next writes and syncs meet. `room` is how many bytes are left, `syncs` how many still succeed."""

    room: int | None = None
    syncs: int | None = None
    cut_at: int | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    uses: int = 0
    refused: int = 0
    waiting: dict[str, list[Write]] = field(default_factory=lambda: defaultdict(list))

    def insert(self) -> apsw.VFS:
        """Put the disk beneath every file that SQLite opens from now on; it lasts as long as what is returned."""
        return _Files(self)

    def mend(self) -> None:
        """From now on nothing fails."""
        self.room = self.syncs = None

    def use(self) -> None:
        """One more write, cut or sync of a file; maybe the last one."""
        self.uses += 1
        if self.uses == self.cut_at:
            self._cut()

    def take(self, wanted: int) -> int:
        """How many of the bytes still fit."""
        if self.room is None:
            return wanted
        taken = min(wanted, self.room)
        self.room -= taken
        return taken

    def synced(self, path: str) -> None:
        """What was written to the file is safe now. Raises an I/O error where syncs fail."""
        if self.syncs is not None:
            if not self.syncs:
                self.refused += 1
                raise apsw.IOError("the sync failed")
            self.syncs -= 1
        self.waiting.pop(path, None)

    def _cut(self) -> None:
        """The power fails: of what was not synced, some is there, some is not, and some is there in part."""
        for path, writes in self.waiting.items():
            file = os.open(path, os.O_RDWR)
            for one in reversed(writes):
                os.pwrite(file, one.old, one.offset)
                os.ftruncate(file, one.size)
            for one in writes:
                kept = self.chance.choice((0, len(one.new), self.chance.randrange(0, len(one.new) + 1, SECTOR)))
                os.pwrite(file, one.new[:kept], one.offset)
        os.kill(os.getpid(), signal.SIGKILL)


class _Files(apsw.VFS):
    def __init__(self, disk: Disk) -> None:
        super().__init__("faulty", "unix", makedefault=True)
        self._disk = disk

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self._disk, name, flags)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk
        self._path = str(name.filename() if isinstance(name, apsw.URIFilename) else name)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._disk.use()
        new = bytes(data)
        fits = self._disk.take(len(new))
        if fits:
            size = self.xFileSize()
            old = self.xRead(min(len(new), size - offset), offset) if offset < size else b""
            self._disk.waiting[self._path].append(Write(offset, old, new[:fits], size))
            super().xWrite(new[:fits], offset)
        if fits < len(new):
            self._disk.refused += 1
            raise apsw.FullError("no room is left")

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.use()
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.use()
        self._disk.synced(self._path)
        super().xSync(flags)
