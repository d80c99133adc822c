"""A server in a process of its own, with agents and a person, and beside its routes one that does nothing.

`python -m bench.served FILE AGENTS` serves until its input ends. `POST /v1/noop` passes what every request passes
(uvicorn, the host check, the edge with its log line and metrics, the router), reads and parses the body, and answers a
small JSON: nobody is let in by a key, and nothing is stored.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from fastapi import Request, Response

SECRET = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Served:
    """Where it is, its process, a key for each agent (two of an owner), and a person's session."""

    url: str
    pid: int
    keys: tuple[str, ...]
    person: str

    def processor(self) -> float:
        """Processor time that it has used, in s."""
        user, system = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def resident(self) -> int:
        """Its resident memory, in bytes."""
        return int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def served(path: Path, agents: int, **settings: Any) -> Iterator[Served]:
    """A running server."""
    command = [sys.executable, "-m", "bench.served", str(path), str(agents), orjson.dumps(settings).decode()]
    log = path.with_suffix(".log").open("wb")
    with log, subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log) as child:
        assert child.stdout is not None
        said = child.stdout.readline()
        if not said:
            raise RuntimeError(f"the server did not start: {path.with_suffix('.log').read_text('utf-8')[-2000:]}")
        found = orjson.loads(said)
        try:
            yield Served(found["url"], child.pid, tuple(found["keys"]), found["person"])
        finally:
            child.stdin.close()  # type: ignore[union-attr]
            child.wait(30)


def _serve(path: str, agents: int, settings: dict[str, Any]) -> None:
    from handrail.embedded import Database
    from handrail.server.run import Listen, log_to_stderr, server
    from handrail.server.service import Service
    from handrail.server.settings import Caps, Settings

    caps = Caps(**settings.pop("caps", {}))
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.listen(4096)
        port = ear.getsockname()[1]
        url = f"http://127.0.0.1:{port}"
        service = Service(Database(path), Settings(origin=url, caps=caps, **settings))
        running = server(service, Listen("127.0.0.1", port))
        _mount_noop(running.config.app)
        keys, person = _company(service, agents)
        log_to_stderr()
        print(orjson.dumps({"url": url, "keys": keys, "person": person}).decode(), flush=True)
        threading.Thread(target=_until_the_end, daemon=True).start()
        running.run([ear])
        service.close()


def _mount_noop(app: Any) -> None:
    async def noop(request: Request) -> Response:
        found = orjson.loads(await request.body())
        return Response(orjson.dumps({"id": "act_0", "status": "held", "name": found["name"]}), 201, None,
                        "application/json")  # fmt: skip

    app.add_api_route("/v1/noop", noop, methods=["POST"], include_in_schema=False)


def _company(service: Any, agents: int) -> tuple[list[str], str]:
    from handrail.directory.commands import PutAgent, PutKey, PutPerson
    from handrail.embedded import Embedded, solo_person
    from handrail.engine.request import DEFAULT_TENANT
    from handrail.ids import mint

    boss = Embedded(service.database, solo_person)
    names, accounts = service.database.process.engine.names(DEFAULT_TENANT), service.accounts
    keys = []
    for number in range(agents):
        agent, key = names.agent(f"bot-{number}"), mint("key")
        boss.call(agent, PutAgent(f"osu_{number // 2}", f"bot-{number}", "somebody"))
        keys.append(accounts.keep_key(DEFAULT_TENANT, key))
        boss.call(key, PutKey(agent, ("propose",), None, f"bot-{number}"))
    who = mint("usr")
    boss.call(who, PutPerson(names.look_up("user", "ann"), None, (), "user:ann", "Ann", None, ("reviewer",)))
    accounts.set_password(DEFAULT_TENANT, who, SECRET)
    return keys, accounts.sign_in("ann", SECRET, "127.0.0.1", use="terminal").token


def _until_the_end() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _serve(sys.argv[1], int(sys.argv[2]), orjson.loads(sys.argv[3]))
