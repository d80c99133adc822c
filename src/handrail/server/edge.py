"""What every request passes: its id, its place in the metrics and the log, the headers of every answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any, Final

import orjson
from fastapi import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..errors import HandrailError
from ..ids import mint
from ..wire.problems import MEDIA, problem_of
from ..wire.refusals import HeadTooLong, Smuggled, WrongHost
from .exchange import answer
from .service import Service

log: Final = logging.getLogger("handrail.server")
ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
UNLESS_SAID: Final = (
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
HSTS: Final = (b"strict-transport-security", b"max-age=63072000")


HEAD: Final = 32 * 1024
PROBES: Final = frozenset({"/livez", "/readyz"})
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "[::1]"})


def hostname(host: str) -> str:
    """A `Host` without its port."""
    bare, separator, port = host.rpartition(":")
    return bare if separator and port.isdecimal() else host


def problem(error: HandrailError, headers: Mapping[str, str] | None = None) -> Response:
    """An error as its problem document; the connection ends where the rest of the request is not wanted."""
    close = (
        {"Connection": "close"}
        if error.status in (408, 413) or isinstance(error, WrongHost | Smuggled | HeadTooLong)
        else {}
    )
    response = answer(problem_of(error), error.status, {**close, **(headers or {})})
    response.headers["Content-Type"] = MEDIA
    return response


class Edge:
    """The outermost layer of the application."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app, self._service = app, service
        own = hostname(service.settings.host)
        self._hosts: Final = frozenset({own, *(LOOPBACK if own in LOOPBACK else ())})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and note what became of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, request_id, status = time.perf_counter(), mint("req"), 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = self._headers(message["headers"], request_id)
            await send(message)

        scope.setdefault("state", {})["request_id"] = request_id
        try:
            wrong = self._refusal(scope)
            await (self._app if wrong is None else problem(wrong))(scope, receive, sending)
        finally:
            self._note(scope, status, time.perf_counter() - began, request_id)

    def _refusal(self, scope: Scope) -> HandrailError | None:
        """Why nobody looks at a request: its length is doubtful, or it is meant for another server. Who asks whether
        the server lives may do so by any name: load balancers use addresses, and learn nothing else."""
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        if sum(len(name) + len(value) for name, value in headers) > HEAD:
            return HeadTooLong(f"the headers have more than {HEAD:,} bytes: send less")
        names = [name for name, _ in headers]
        if b"content-length" in names and b"transfer-encoding" in names:
            return Smuggled("a request has a Content-Length or a Transfer-Encoding, not both")
        hosts = [value.decode("latin-1").lower() for name, value in headers if name == b"host"]
        if scope["path"] not in PROBES and (len(hosts) != 1 or hostname(hosts[0]) not in self._hosts):
            return WrongHost(f"this server is {self._service.settings.origin}: ask for that host")
        return None

    def _headers(self, given: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        said = {name.lower() for name, _ in given}
        added = [one for one in UNLESS_SAID if one[0] not in said]
        if self._service.settings.secure:
            added.append(HSTS)
        return [*given, *ALWAYS, *added, (b"x-request-id", request_id.encode())]

    def _note(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        route: Any = scope.get("route")
        template = getattr(route, "path", "none")
        self._service.metrics.requests.labels(scope["method"] if route else "any", template, str(status)).inc()
        self._service.metrics.seconds.labels(template).observe(seconds)
        log.info(
            "%s %s %s", scope["method"][:10], template, status,
            extra={"fields": {"request": request_id, "method": scope["method"][:10], "route": template,
                              "status": status, "ms": round(seconds * 1000, 2)}},
        )  # fmt: skip


class JSONLines(logging.Formatter):
    """One JSON object a line: time, level, message and fields. Bodies, queries and credentials are never among them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        fields: dict[str, Any] = dict(getattr(record, "fields", {}))
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line = {"at": f"{at}.{int(record.msecs):03d}Z", "level": record.levelname.lower(), "from": record.name}
        line["said"] = record.getMessage()
        if record.exc_info:
            fields["error"] = self.formatException(record.exc_info)
        return orjson.dumps(line | fields, default=str).decode()
