"""What a page's commands run in, and the servers that a page starts."""

from __future__ import annotations

import getpass
import importlib.metadata
import os
import shlex
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from handrail.embedded import Database
from handrail.server.auth.accounts import Accounts
from tests.e2e.served import COMMAND, PASSWORD, Process

ROOT: Final = Path(__file__).parents[2]
SHOWN: Final = ":8321"
"""The port that pages show; a free one takes its place, so that pages can be read at the same time."""

WIDE: Final = {"COLUMNS": "240"}
"""A server says where its file is: that is not to be broken however deep the folder lies."""


class Servers:
    """Servers of a page: each `console serve` block starts one, and the page's end stops it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder: Final = folder
        self._stack: Final = stack
        with socket.socket() as ear:
            ear.bind(("127.0.0.1", 0))
            self._port: Final = f":{ear.getsockname()[1]}"

    def real(self, text: str) -> str:
        """A text of the page with the port of its server."""
        return text.replace(SHOWN, self._port)

    def start(self, command: str) -> str:
        """Start `handrail serve …` and wait until it is ready; gives back what it printed."""
        words = shlex.split(command)[1:]
        listen = [] if "--listen" in words else ["--listen", f"127.0.0.1{self._port}"]
        process = Process(*COMMAND, *words, *listen, cwd=self._folder, env=environment(self._folder) | WIDE)
        self._stack.callback(_stop, process)
        process.line('"ready"')
        assert process.running.stdout is not None
        return os.read(process.running.stdout.fileno(), 65536).decode()


def _stop(process: Process) -> None:
    code, _ = process.end(signal.SIGTERM)
    assert code == 0, process.said


def environment(folder: Path) -> dict[str, str]:
    """Programs find this interpreter, the package and its commands, and a terminal of 100 columns."""
    programs = folder / ".bin"
    programs.mkdir(exist_ok=True)
    for name, command in (("python", ""), ("pytest", " -m pytest"), ("handrail", " -m handrail.cli.main")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}"{command} "$@"\n')
        program.chmod(0o755)
    installed = {point.name for point in importlib.metadata.entry_points(group="pytest11")}
    plugin = "" if "handrail" in installed else " -p handrail.testing.plugin"
    return os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100",
        "XDG_CONFIG_HOME": str(folder / ".config"),
        "PYTEST_ADDOPTS": f"-p no:cacheprovider -p no:xdist{plugin}", "TZ": "UTC", "LC_ALL": "C.UTF-8",
    }  # fmt: skip


def furnish(path: str) -> str:
    """A database with Ann, who administers, and Ben of the treasury, who has a password; the key of `payer`."""
    people = f"""people:
  - {{handle: ann, name: Ann Doe, os_user: {getpass.getuser()}, roles: [administrator]}}
  - {{handle: ben, name: Ben Okafor, groups: [treasury]}}
"""
    Path("people.yaml").write_text(people)
    _handrail("people apply people.yaml", path)
    key = _handrail("keys create payer --owner user:ann", path)
    Path("payer.key").write_text(key)
    database = Database(path)
    accounts = Accounts(database)
    accounts.set_password("default", accounts.directory("default").resolve("user:ben") or "", PASSWORD)
    database.close()
    return key.strip()


def _handrail(command: str, path: str) -> str:
    words = [*COMMAND, *command.split(), "--db", path]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def until(words: str, file: str) -> None:
    """Wait until the words stand in a file that a program writes."""
    wait = f"until grep -q '{words}' {file}; do sleep 0.05; done"
    subprocess.run(wait, shell=True, check=True, timeout=30)
