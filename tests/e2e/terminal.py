"""A program in a real pseudo-terminal: what it writes is read, what a person types is sent."""

from __future__ import annotations

import codecs
import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path

SGR = re.compile(r"\x1b\[[0-9;]*m")


class Terminal:
    """A running program and all it has written so far."""

    def __init__(self, process: subprocess.Popen[bytes], end: int) -> None:
        self.process, self._end = process, end
        self.written = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def until(self, words: str, seconds: float = 30) -> str:
        """Read until the words stand in what was written since the last call; gives that back without colours."""
        start = len(self.written)
        while words not in self.text(start):
            ready, _, _ = select.select([self._end], [], [], seconds)
            chunk = b""
            with contextlib.suppress(OSError):
                chunk = os.read(self._end, 65536) if ready else b""
            if not chunk:
                raise AssertionError(f"{words!r} never came; the terminal shows:\n{self.text()[-3000:]}")
            self.written += self._decoder.decode(chunk)
        return self.text(start)

    def text(self, start: int = 0) -> str:
        """What was written, without colours."""
        return SGR.sub("", self.written[start:]).replace("\r\n", "\n")

    def type(self, text: str) -> None:
        """Send keys."""
        os.write(self._end, text.encode())


@contextlib.contextmanager
def terminal(*command: str, cwd: Path, rows: int = 50, columns: int = 100) -> Iterator[Terminal]:
    """Run `python command…` in a terminal of that size."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "LINES": str(rows), "COLUMNS": str(columns), "TERM": "xterm-256color"}
    process = subprocess.Popen(
        [sys.executable, *command], stdin=theirs, stdout=theirs, stderr=theirs, cwd=cwd, env=environment,
        start_new_session=True, preexec_fn=_control,
    )  # fmt: skip
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def _control() -> None:
    """Give the child its terminal, and Ctrl-C its meaning, which a parallel test runner takes away."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
