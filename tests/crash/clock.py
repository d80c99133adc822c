"""A clock that stands still for several processes at once, and moves for all when one of them says so."""

import mmap
import struct
from datetime import timedelta
from pathlib import Path

from handrail.clock import micros
from handrail.testing import FrozenClock
from handrail.testing.clock import START

_TIMES = struct.Struct("=qq")


class SharedClock(FrozenClock):
    """A `FrozenClock` whose time lives in a file."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        if not path.exists():
            path.write_bytes(_TIMES.pack(START, 0))
        with path.open("r+b") as file:
            self._file = mmap.mmap(file.fileno(), _TIMES.size)

    def now(self) -> int:
        """The present, in microseconds since the epoch."""
        return int(_TIMES.unpack_from(self._file)[0])

    def monotonic(self) -> int:
        """Microseconds on a scale that never jumps."""
        return int(_TIMES.unpack_from(self._file)[1])

    def advance(self, by: str | float | timedelta) -> None:
        """Let time pass in every process."""
        now, monotonic = _TIMES.unpack_from(self._file)
        _TIMES.pack_into(self._file, 0, now + micros(by), monotonic + micros(by))
