"""Runs the application with uvicorn: one server on a database, drained when it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from types import FrameType
from typing import Final

import uvicorn

from ..embedded import Database
from ..errors import UsageError
from ..notify.channel import Channel
from ..store.address import is_remote
from ..store.lock import WriterLock
from .addresses import is_loopback
from .app import create_app
from .edge import JSONLines
from .pages.built import Built
from .patience import patient
from .posting import posting
from .service import Service
from .settings import Settings

log: Final = logging.getLogger("handrail.server")
IN_FLIGHT: Final = 128 * 1024
"""Bytes that the system keeps for one connection: left alone it keeps megabytes for one who reads nothing."""
GRACE: Final = 20
"""Seconds that running requests have to end after the signal."""


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen, how TLS ends here, and which proxies in front may say who asks."""

    host: str
    port: int
    certificate: str | None = None
    key: str | None = None
    proxies: tuple[str, ...] = ()

    def require_safe(self) -> None:
        """Raise `UsageError` where passwords and keys would travel in the clear."""
        if not is_loopback(self.host) and not self.certificate and not self.proxies:
            raise UsageError(
                f"{self.host} is reached from elsewhere, and plain HTTP would show keys and passwords to everybody on "
                "the way: give --tls-cert and --tls-key, or --behind-proxy with the addresses of a proxy that ends TLS"
            )
        for one in self.proxies:
            try:
                ipaddress.ip_network(one, strict=False)
            except ValueError:
                raise UsageError(f"--behind-proxy {one!a} is no address and no network, such as 10.0.0.0/8") from None


class Server(uvicorn.Server):
    """Lets go of everybody who waits as soon as it is told to stop, so that draining takes no longer than work does."""

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service
        self._loop: asyncio.AbstractEventLoop | None = None

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until told to stop."""
        self._loop = asyncio.get_running_loop()
        await super().serve(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so: whoever starts a server can wait for that line."""
        await super().startup(sockets)
        for ear in (one for server in self.servers for one in server.sockets):
            ear.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, IN_FLIGHT)
        log.info("ready")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The signal has come: being told to stop is no failure, so that the process ends with 0."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._service.drain)
        super().handle_exit(sig, frame)
        self._captured_signals.clear()


def server(service: Service, listen: Listen, built: Built | None = None) -> Server:
    """The server, ready to run, with the app for browsers of the package or another. Raises `UsageError` for an
    address that is not safe."""
    listen.require_safe()
    if service.settings.demo and (listen.proxies or not is_loopback(listen.host)):
        raise UsageError("a demo lets in whoever has a link, so it is served on this machine only: listen on 127.0.0.1")
    proxies = [str(ipaddress.ip_network(one, strict=False)) for one in listen.proxies]
    config = uvicorn.Config(
        create_app(service, built), host=listen.host, port=listen.port, log_config=None, access_log=False,
        server_header=False, proxy_headers=bool(listen.proxies), forwarded_allow_ips=proxies,
        timeout_graceful_shutdown=GRACE, ssl_certfile=listen.certificate, ssl_keyfile=listen.key, ws="none",
        h11_max_incomplete_event_size=32 * 1024, http=patient(service.settings),
    )  # fmt: skip
    # It writes whole addresses, with what a caller put into the query; `edge` writes the route.
    logging.getLogger("uvicorn.access").disabled = True
    return Server(config, service)


def serve(path: str, settings: Settings, listen: Listen, channels: Mapping[str, Channel] | None = None) -> None:
    """Serve a database until told to stop, and tell people on these channels.

    Raises `UsageError` where another server has the file.
    """
    with nullcontext() if is_remote(path) else _alone(path):
        _allow_many_connections()
        service = Service(Database(path, env=settings.env), settings)
        log_to_stderr()
        try:
            with posting(service, channels or {}):
                server(service, listen).run()
        finally:
            service.close()


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """One file has one server; a database on a server has as many as it takes."""
    lock = WriterLock(path + "-serving")
    try:
        if not lock.try_now():
            raise UsageError(f"another server has {path!a}: stop it first; one file has one server")
        yield
    finally:
        lock.close()


def _allow_many_connections() -> None:
    """Everybody who waits holds a connection, and often no more than 1,024 files may be open unless one asks."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def log_to_stderr() -> None:
    """One JSON object a line, from the server and the engine."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JSONLines())
    for name, level in (("handrail", logging.INFO), ("uvicorn", logging.WARNING)):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
