"""A real server on a port of its own, in a thread of the test."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from handrail.server.auth.passwords import Passwords
from handrail.server.run import Listen, Server, server
from handrail.server.service import Service
from handrail.server.settings import Settings

from .company import PASSWORD, QUICK, Company


class House:
    """A server, and the company it serves."""

    def __init__(self, service: Service, company: Company, url: str, running: Server) -> None:
        self.service, self.company, self.url, self.running = service, company, url, running
        self.client = httpx2.Client(base_url=url, timeout=30)
        self.clients = [self.client]

    def __call__(self, method: str, path: str, key: str | None = None, **given: Any) -> httpx2.Response:
        """Send a request with a key or a session's token."""
        headers = {**({"Authorization": f"Bearer {key}"} if key else {}), **given.pop("headers", {})}
        return self.client.request(method, f"/v1{path}", headers=headers, **given)

    def session(self, handle: str, company: Company | None = None) -> str:
        """A session for bearers, without a password that has to be hashed."""
        company = company or self.company
        who = company.accounts.directory(company.tenant).resolve(f"user:{handle}")
        assert who
        return company.accounts.use_link(company.accounts.link(company.tenant, who)).token

    def signed_in(self, handle: str) -> str:
        """A terminal's session."""
        body = {"name": handle, "password": PASSWORD, "use": "terminal"}
        found: str = self("POST", "/sessions", json=body).json()["token"]
        return found


@contextmanager
def opened(path: Path, **settings: Any) -> Iterator[House]:
    """A running server on a database of its own."""
    company = Company(path, settings.pop("clock", None))
    try:
        with serving(company, **settings) as house:
            yield house
    finally:
        company.close()


@contextmanager
def serving(company: Company, **settings: Any) -> Iterator[House]:
    """A running server on a company's database."""
    with socket.socket(proto=socket.IPPROTO_TCP) as ear:  # asyncio sends at once only where it is told the protocol
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind(("127.0.0.1", settings.pop("port", 0)))
        ear.listen(256)
        port = ear.getsockname()[1]
        url = f"http://{settings.pop('name', '127.0.0.1')}:{port}"
        proxies, built = settings.pop("proxies", ()), settings.pop("built", None)
        service = Service(company.database, Settings(origin=url, **settings), Passwords(QUICK))
        running = server(service, Listen("127.0.0.1", port, proxies=proxies), built)
        ready = threading.Event()
        thread = threading.Thread(target=_run, args=(running, ear, ready), name="server")
        thread.start()
        assert ready.wait(20)
        house = House(service, company, url, running)
        try:
            yield house
        finally:
            for client in house.clients:
                client.close()
            running.handle_exit(15, None)
            thread.join(30)
            assert not thread.is_alive(), "the server did not stop"


def _run(running: Server, ear: socket.socket, ready: threading.Event) -> None:
    startup = running.startup

    async def started(sockets: list[socket.socket] | None = None) -> None:
        await startup(sockets)
        ready.set()

    running.startup = started  # type: ignore[method-assign]
    asyncio.run(running.serve([ear]))
