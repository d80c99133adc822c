"""Bells between the processes that use one database: a datagram says "look", the database says what happened.

Each process that waits binds a socket in a folder of its user's; after a commit every other socket there gets one
datagram. Sending never blocks, and a bell that is lost costs 50 ms at most, for the file's version is polled as well.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import socket
import stat
import sys
import tempfile
import weakref
from pathlib import Path
from typing import Final

AVAILABLE: Final = sys.platform != "win32" and hasattr(socket, "AF_UNIX")
_FULL: Final = (BlockingIOError, InterruptedError)
_DEAD: Final = (ConnectionRefusedError, FileNotFoundError)


def folder(database: str) -> Path | None:
    """The folder of bells for a database file, made if need be; `None` where bells cannot be trusted or had."""
    if not AVAILABLE:
        return None
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    mine = Path(base) / f"handrail-{os.getuid()}"
    place = mine / hashlib.sha256(os.path.realpath(database).encode()).hexdigest()[:16]
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        mine.chmod(0o700)
        found = mine.stat()
    except OSError:
        return None
    private = found.st_uid == os.getuid() and stat.S_IMODE(found.st_mode) == 0o700
    return place if private and not mine.is_symlink() and len(str(place)) < 80 else None


def hang(database: str) -> Bell | None:
    """This process's bell for a database file; `None` where there can be none, and polling has to do."""
    place = folder(database)
    with contextlib.suppress(OSError):
        return Bell(place) if place else None
    return None


class Bell:
    """This process's bell, and the ringing of all others. Safe to ring from any thread."""

    net: Final = 0.05

    def __init__(self, place: Path) -> None:
        self._place: Final = place
        self._path: Final = str(place / f"{os.getpid()}-{secrets.token_hex(4)}")
        self._socket: Final = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(self._path)
        self._others: list[str] = []
        self._seen = -1
        self._down: Final = weakref.finalize(self, _take_down, self._socket, self._path, os.getpid())

    def fileno(self) -> int:
        """What can be read once it rang."""
        return self._socket.fileno()

    def drain(self) -> bool:
        """Forget what rang; whether anything did."""
        rang = False
        with contextlib.suppress(BlockingIOError, InterruptedError):
            while self._socket.recv(4096):
                rang = True
        return rang

    def ring(self) -> None:
        """Tell every other process that something was committed."""
        for path in self._listening():
            try:
                self._socket.sendto(b"!", path)
            except _DEAD:
                with contextlib.suppress(OSError):
                    os.unlink(path)
            except OSError:
                continue

    def close(self) -> None:
        """Take the bell down."""
        self._down()

    def abandon(self) -> None:
        """In a forked child: close the socket, and leave the parent's address alone."""
        self._socket.close()

    def _listening(self) -> list[str]:
        try:
            changed = os.stat(self._place).st_mtime_ns
            if changed != self._seen:
                self._others = [one.path for one in os.scandir(self._place) if one.path != self._path]
                self._seen = changed
        except OSError:
            return []
        return self._others


def _take_down(bell: socket.socket, path: str, process: int) -> None:
    """Also what happens to a bell that nobody closed; a forked child leaves its parent's address alone."""
    bell.close()
    if os.getpid() == process:
        with contextlib.suppress(OSError):
            os.unlink(path)
