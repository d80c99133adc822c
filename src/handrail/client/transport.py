"""Sends requests to one server: connections that are kept, per process and per event loop, and errors as errors."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import ssl
import threading
import weakref
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import orjson

from ..errors import Unavailable, UsageError
from ..wire.problems import error_of

SECONDS: Final = 30.0
"""How long a request may take, beyond what it asks the server to wait."""
Headers = Mapping[str, str]


class Secret(str):
    """A text that shows itself to nobody by accident."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'"


def require_safe(url: str) -> str:
    """The URL without what no server has. Raises `UsageError` where a key would travel in the clear."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError("a server's URL is https://host or https://host:port, without a name, key or password in it")
    if parts.scheme == "http" and not _loopback(parts.hostname):
        raise UsageError(
            f"{url!r} would send keys and passwords in the clear: use https://, or http:// on this machine only "
            "(127.0.0.1)"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def unanswered(url: str, error: Exception) -> Unavailable:
    """What is said where no answer came."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return Unavailable(
            f"the certificate of {url} is not trusted here: if an authority of your own issued it, name its file in "
            "the environment's SSL_CERT_FILE"
        )
    return Unavailable(f"{url} did not answer ({type(error).__name__}): see that it runs, and repeat this")


def trusted() -> ssl.SSLContext | bool:
    """The authorities that are trusted: those of SSL_CERT_FILE where it is set, as for other programs."""
    file = os.environ.get("SSL_CERT_FILE")
    try:
        return ssl.create_default_context(cafile=file) if file else True
    except OSError as error:
        raise UsageError(f"SSL_CERT_FILE={file!a} cannot be used: {error.strerror or error}") from None


class Transport:
    """Requests to one server with one credential, or none. Safe for threads and event loops, and after a fork."""

    def __init__(self, url: str, secret: str | None) -> None:
        self.url: Final = require_safe(url)
        self._secret: Final = Secret(secret) if secret else None
        self._open: Final[dict[int, _Own]] = {}

    def request(
        self, method: str, path: str, body: Any = None, *, headers: Headers | None = None, wait: float = 0,
        query: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        """The JSON of the answer, `None` where there is none. Raises what the server's problem document tells of,
        `Unavailable` where no answer came."""
        try:
            return _read(self._sync().request(method, path, **self._given(body, headers, wait, query)))
        except httpx2.TransportError as error:
            raise unanswered(self.url, error) from error

    async def arequest(
        self, method: str, path: str, body: Any = None, *, headers: Headers | None = None, wait: float = 0,
        query: Mapping[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        """Like `request`."""
        try:
            client = await self._async()
            return _read(await client.request(method, path, **self._given(body, headers, wait, query)))
        except httpx2.TransportError as error:
            raise unanswered(self.url, error) from error

    def _given(
        self, body: Any, headers: Headers | None, wait: float, query: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        said = {**({"Authorization": f"Bearer {self._secret}"} if self._secret else {}), **(headers or {})}
        if body is not None:
            said["Content-Type"] = "application/json"
        if wait:
            said["Prefer"] = f"wait={int(wait)}"
        # In canonical order the server reads it once; in any other it reads twice, to find what a reader may swallow.
        content = None if body is None else orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        return {"content": content, "headers": said, "timeout": SECONDS + wait, "params": query}

    def _sync(self) -> httpx2.Client:
        own = self._own
        with own.lock:
            if own.client is None:
                own.client = httpx2.Client(base_url=self.url, limits=_limits(), trust_env=False, verify=trusted())
            return own.client

    async def _async(self) -> httpx2.AsyncClient:
        loops, loop = self._own.loops, asyncio.get_running_loop()
        found = loops.get(loop)
        if found is None:
            client = httpx2.AsyncClient(base_url=self.url, limits=_limits(), trust_env=False, verify=trusted())
            found = loops[loop] = _Kept(client)
            await found.begin()
        return found.client

    @property
    def _own(self) -> _Own:
        """What this process has open: a forked child leaves its parent's connections alone."""
        return self._open.setdefault(os.getpid(), _Own())

    def close(self) -> None:
        """Close the connections of this process; those of an event loop end with it."""
        own = self._own
        with own.lock:
            if own.client is not None:
                own.client.close()
            own.client = None


@dataclass
class _Own:
    """The connections of one process: one client for its threads, and one for each event loop."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    client: httpx2.Client | None = None
    loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Kept] = field(
        default_factory=weakref.WeakKeyDictionary
    )


class _Kept:
    """A client that is closed when its event loop is: loops close the asynchronous generators that ran on them."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self.client: Final = client
        self._life: Final = self._live()

    async def begin(self) -> None:
        """Let the loop know."""
        await anext(self._life)

    async def _live(self) -> AsyncGenerator[None, None]:
        try:
            yield
        finally:
            await self.client.aclose()


def _limits() -> httpx2.Limits:
    return httpx2.Limits(max_connections=None, max_keepalive_connections=64, keepalive_expiry=4.0)


def _read(response: httpx2.Response) -> Any:
    if response.status_code == 204:
        return None
    try:
        found = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        found = None
    if response.is_success and found is not None:
        return found
    error = error_of(response.status_code, found)
    raise error
