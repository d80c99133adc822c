"""The demo company's server: its people and policy, the agents' keys, and links with which reviewers sign in."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2

from handrail.codec.people_file import read_people
from handrail.embedded import Database, Embedded, os_user_name, solo_person
from handrail.engine import roster
from handrail.engine.request import DEFAULT_TENANT
from handrail.notify.opening import channels
from handrail.server import links
from handrail.server.edge import JSONLines
from handrail.server.posting import posting
from handrail.server.run import Listen, Server, server
from handrail.server.service import Service
from handrail.server.settings import Settings

from .place import State

HOST: Final = "127.0.0.1"
PORT: Final = 8321
REVIEWERS: Final = ("ann", "ben")
ADMINISTRATOR: Final = "cleo"
HERE: Final = Path(__file__).parent


class Company:
    """A server in this process, on this machine only, with everything that the demo needs in its database."""

    def __init__(self, state: State, port: int | None) -> None:
        self._state: Final = state
        self._ear: Final = _listen(port)
        self.url: Final = f"http://{HOST}:{self._ear.getsockname()[1]}"
        _log_to(state.log)
        self._database: Final = Database(str(state.handrail))
        _people(self._database)
        self._service: Final = Service(self._database, Settings(origin=self.url, demo=True))
        self._server: Final[Server] = server(self._service, Listen(HOST, self._ear.getsockname()[1]))
        self._telling: Final = ExitStack()
        self._thread: Final = threading.Thread(target=self._run, name="server")
        self._administrator: Final = httpx2.Client(base_url=self.url + "/v1", timeout=30)

    def open(self) -> None:
        """Serve, put the policy file in force if no policy is yet, and tell people on the channels of a file if there
        is one."""
        self._thread.start()
        self._administrator.headers.update(self._session())
        if self._ask("GET", "/policy")["state"] is None:
            self._ask("PUT", "/policy", {"file": (HERE / "policy.yaml").read_text("utf-8")})
        if self._state.channels.exists():
            self._telling.enter_context(posting(self._service, channels(str(self._state.channels))))

    def _run(self) -> None:
        asyncio.run(self._server.serve([self._ear]))

    def _session(self) -> dict[str, str]:
        accounts = self._service.accounts
        signed = accounts.use_link(accounts.link(DEFAULT_TENANT, self._person(ADMINISTRATOR)))
        return {"Authorization": f"Bearer {signed.token}"}

    def _person(self, handle: str) -> str:
        found = self._service.accounts.directory(DEFAULT_TENANT).resolve(f"user:{handle}")
        assert found is not None
        return found

    def key(self, agent: str) -> str:
        """The agent's key, made by the administrator when it is needed first."""
        path = self._state.key(agent)
        if not path.exists():
            made = self._ask("POST", "/keys", {"agent": agent, "owner": f"user:{ADMINISTRATOR}"})
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(str(made["secret"]))
        return path.read_text()

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        answer = self._administrator.request(method, path, json=body)
        if not answer.is_success:
            raise RuntimeError(f"{method} {path} was refused: {answer.text}")
        return answer.json()

    def link(self, handle: str) -> str:
        """A link that signs a person in, once, within ten minutes."""
        return links.address(self._service, self._person(handle), DEFAULT_TENANT)

    def close(self) -> None:
        """Stop serving, and close the database."""
        self._administrator.close()
        self._telling.close()
        if self._thread.is_alive():
            self._server.handle_exit(signal.SIGTERM, None)
            self._thread.join()
        self._ear.close()
        self._service.close()


@contextmanager
def serving(company: Company) -> Iterator[None]:
    """The company's server at work, until the block ends."""
    try:
        company.open()
        yield
    finally:
        company.close()


def _listen(port: int | None) -> socket.socket:
    """The port that was asked for; if none was, the usual one, or a free one where that is taken."""
    try:
        return _ear(PORT if port is None else port)
    except OSError:
        if port is not None:
            raise
    return _ear(0)


def _ear(port: int) -> socket.socket:
    ear = socket.socket(proto=socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind((HOST, port))
        ear.listen(256)
    except OSError:
        ear.close()
        raise
    return ear


def _people(database: Database) -> None:
    """Fill a new database with the people of the file; whoever runs the demo is the administrator."""
    boss = Embedded(database, solo_person)
    directory = boss.archive.directory()
    if directory.solo:
        text = (HERE / "people.yaml").read_text("utf-8")
        linked = text.replace(f"handle: {ADMINISTRATOR},", f"handle: {ADMINISTRATOR}, os_user: {_quoted()},")
        boss.together(roster.commands(directory, roster.plan(directory, read_people(linked), prune=False)))


def _quoted() -> str:
    return json.dumps(os_user_name())


def _log_to(path: Path) -> None:
    """One JSON object a line, as a server writes it, out of the way of what the demo says."""
    handler = logging.FileHandler(path, "w", "utf-8")
    handler.setFormatter(JSONLines())
    for name, level in (("handrail", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
