"""The real command `handrail serve` in a process of its own, people who decide over HTTP, and agents elsewhere."""

from __future__ import annotations

import getpass
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx2

from handrail.embedded import Database
from handrail.server.auth.accounts import Accounts
from tests.postgres import free_port

PASSWORD: Final = "correct horse battery"
PEOPLE: Final = """\
people:
  - {handle: ann, os_user: OS_USER, roles: [administrator, reviewer]}
  - {handle: ben, groups: [treasury]}
"""
COMMAND: Final = (sys.executable, "-m", "handrail.cli.main")
SECONDS: Final = 60


class Process:
    """A program whose errors are read as they come."""

    def __init__(self, *command: str, **options: Any) -> None:
        self.running: Final = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
        )
        self.said: list[str] = []
        self._more = threading.Condition()
        self._reader: Final = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.running.stderr is not None
        for line in self.running.stderr:
            with self._more:
                self.said.append(line)
                self._more.notify_all()
        with self._more:
            self.said.append("")
            self._more.notify_all()

    def line(self, words: str, nth: int = 0) -> str:
        """Wait for the line of the errors that holds the words, or for the nth after it."""
        with self._more:
            self._more.wait_for(lambda: len(self._with(words)) > nth or self.said[-1:] == [""], SECONDS)
            found = self._with(words)
            assert len(found) > nth, f"{words!r} was not said: {self.said}"
            return found[nth]

    def _with(self, words: str) -> list[str]:
        return [line for line in self.said if words in line]

    def end(self, sig: int | None = None) -> tuple[int, str]:
        """Send a signal if there is one, wait for the end, and give back the code and the output."""
        if sig is not None:
            self.running.send_signal(sig)
        assert self.running.stdout is not None
        output = self.running.stdout.read()
        code = self.running.wait(SECONDS)
        self._reader.join(SECONDS)
        self.running.stdout.close()
        assert self.running.stderr is not None
        self.running.stderr.close()
        return code, output


class Agent(Process):
    """A script of a user, on a database or a server."""

    def held(self, nth: int = 0) -> str:
        """The id of the review that the script said it waits for."""
        return self.line("reviews show ", nth).split("show ")[1].split()[0]


class House:
    """A folder with a database, the people in it, and its server, which can be killed and started again."""

    def __init__(self, folder: Path, address: str = "") -> None:
        self.folder, self.path = folder, folder / "handrail.db"
        self.address: Final = address or str(self.path)
        self.port: Final = free_port()
        self.url: Final = f"http://127.0.0.1:{self.port}"
        self.server: Process | None = None
        self._opened: list[Process] = []
        self.people: dict[str, str] = {}
        self.client: Final = httpx2.Client(base_url=self.url + "/v1", timeout=SECONDS)

    def fill(self) -> dict[str, str]:
        """Put the people into the database; gives back their ids by handle, and lets them set a password."""
        file = self.folder / "people.yaml"
        file.write_text(PEOPLE.replace("OS_USER", getpass.getuser()))
        subprocess.run([*COMMAND, "people", "apply", str(file), "--db", self.address], check=True, capture_output=True)
        database = Database(self.address)
        accounts = Accounts(database)
        found = {one: accounts.directory("default").resolve(f"user:{one}") or "" for one in ("ann", "ben")}
        for one in found.values():
            accounts.set_password("default", one, PASSWORD)
        database.close()
        return found

    def serve(self) -> Process:
        """Start the server, and wait until it says that it is ready."""
        self.server = self.serve_at(self.port)
        return self.server

    def serve_at(self, port: int, *options: str) -> Process:
        """Start a server on that port, and wait until it says that it is ready."""
        listen = f"127.0.0.1:{port}"
        server: Process = self.run(Process, *COMMAND, "serve", "--listen", listen, "--db", self.address, *options)
        server.line('"ready"')
        return server

    def run(self, kind: Callable[..., Any], *command: str, **options: Any) -> Any:
        """Start a program that is ended with the house."""
        found = kind(*command, **options)
        self._opened.append(found)
        return found

    def send(self, handle: str, method: str, path: str, body: Any = None) -> Any:
        """Send a request as a person, who signs in first."""
        if handle not in self.people:
            given = {"name": handle, "password": PASSWORD, "use": "terminal"}
            self.people[handle] = self.client.post("/sessions", json=given).json()["token"]
        headers = {"Authorization": f"Bearer {self.people[handle]}"}
        found = self.client.request(method, path, json=body, headers=headers)
        assert found.is_success, found.text
        return found.json()

    def key(self, agent: str) -> str:
        """A new key for an agent of Ann's."""
        return str(self.send("ann", "POST", "/keys", {"agent": agent, "owner": "user:ann"})["secret"])

    def decide(self, review: str, outcome: str, **rest: Any) -> None:
        """Ben decides what is shown to him."""
        view = self.send("ben", "GET", f"/reviews/{review}")["state"]["view"]
        self.send("ben", "POST", f"/reviews/{review}/decisions", {"outcome": outcome, "view": view, **rest})

    def close(self) -> None:
        """End every program that is still there."""
        self.client.close()
        for one in self._opened:
            if one.running.returncode is None:
                one.end(signal.SIGKILL)


def environment(**values: str) -> dict[str, str]:
    """The environment of a script."""
    return {**os.environ, **values}
