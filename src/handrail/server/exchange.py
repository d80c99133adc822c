"""One request as the handlers see it: who asks, what for, and how the answer is written."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from fastapi import Request, Response

from ..codec.canonical import parse
from ..embedded import Embedded
from ..errors import InvalidValue, NotFound, UsageError
from ..ids import derive, mint
from ..wire.refusals import NotJSON, TooLarge, TooSlow
from ..wire.routes import PREFIX, Route
from .auth.callers import Caller
from .service import Service

ID: Final = re.compile(r"[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}")
_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
_PREFER: Final = re.compile(r"(?:^|[,;\s])wait=(\d{1,9})(?:$|[,;\s])")


@dataclass(frozen=True)
class Exchange:
    """A request of a known caller on a route; an open route has no caller."""

    service: Service
    request: Request
    route: Route
    caller: Caller | None

    @property
    def who(self) -> Caller:
        """The caller of a route that is not open."""
        assert self.caller is not None
        return self.caller

    @property
    def backend(self) -> Embedded:
        """Commands and reads as the caller."""
        return self.service.backend(self.who)

    @property
    def id(self) -> str:
        """The id in the path. Raises `NotFound` for one that cannot be of this collection."""
        found = str(self.request.path_params["id"])
        prefix = PREFIX.get(self.route.path.split("/")[2])
        if not ID.fullmatch(found) or (prefix and not found.startswith(prefix + "_")):
            raise NotFound(f"nothing has the id {found[:40]!a} here")
        return found

    @property
    def command_id(self) -> str:
        """The `Idempotency-Key`, among the caller's own ones; a new id without it. Raises `UsageError`."""
        given = self.request.headers.get("idempotency-key")
        if given is None:
            return mint("cmd")
        if not _KEY.fullmatch(given):
            raise UsageError("an Idempotency-Key is 1 to 128 visible ASCII characters")
        return derive("cmd", self.who.principal.id, given)

    async def body(self) -> Any:
        """The body, read strictly. Raises `NotJSON`, `TooLarge`, `MalformedJSON`."""
        media = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        settings = self.service.settings
        data = await read(self.request, settings.body, settings.arrival)
        if not data:
            return {}
        if media != "application/json":
            raise NotJSON("send the body as Content-Type: application/json")
        return parse(data, max_bytes=settings.body)

    async def members(self, **known: type) -> dict[str, Any]:
        """The body as an object with these members, each of its type or left out. Raises `InvalidValue`."""
        body = await self.body()
        if not isinstance(body, dict):
            raise InvalidValue("the body is no JSON object")
        if unknown := body.keys() - known.keys():
            raise UsageError(f"unknown member {min(unknown)!a}; known are {', '.join(sorted(known))}")
        for name, value in body.items():
            if value is not None and (not isinstance(value, known[name]) or (known[name] is int and value is True)):
                raise InvalidValue(f"{name} is no {_SAID[known[name]]}")
        return {name: body.get(name) for name in known}

    @property
    def wait(self) -> int | None:
        """The seconds that `Prefer: wait=` asks for, at most what the server grants."""
        found = _PREFER.search(self.request.headers.get("prefer", ""))
        return min(int(found[1]), self.service.settings.poll) if found else None

    def text(self, name: str) -> str | None:
        """A parameter of the query."""
        return self.request.query_params.get(name)

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """A whole number of the query. Raises `InvalidValue`."""
        given = self.text(name)
        if given is None:
            return default
        if not re.fullmatch(r"-?\d{1,18}", given, re.ASCII) or not least <= int(given) <= most:
            raise InvalidValue(f"{name} is no whole number from {least} to {most}")
        return int(given)

    @property
    def after(self) -> str | None:
        """Behind which id a page begins. Raises `InvalidValue`."""
        after = self.text("after")
        if after is not None and not ID.fullmatch(after):
            raise InvalidValue("after is the id with which the page before ended")
        return after

    @property
    def page(self) -> tuple[str | None, int]:
        """Behind which id a page begins, and how long it is."""
        return self.after, self.number("limit", 50, 1, 200)


_SAID: Final[Mapping[type, str]] = {str: "text", int: "whole number", bool: "truth value", list: "list", dict: "object"}


async def read(request: Request, most: int, seconds: float) -> bytes:
    """The body as it is. Raises `TooLarge` as soon as it is, and `TooSlow`."""
    found = bytearray()
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                found += part
                if len(found) > most:
                    raise TooLarge(f"a body has at most {most:,} bytes: send a reference to the data instead")
    except TimeoutError:
        raise TooSlow(f"the body did not arrive within {seconds:g} seconds: send it again") from None
    return bytes(found)


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """JSON."""
    return Response(orjson.dumps(value), status, dict(headers or {}), "application/json")


def nothing(headers: Mapping[str, str] | None = None) -> Response:
    """An answer without content."""
    return Response(None, 204, dict(headers or {}))


def paged(exchange: Exchange, items: list[Any], after: str | None) -> Response:
    """A page, with where the next one begins if there may be one."""
    headers = {}
    if after:
        url = exchange.request.url.include_query_params(after=after)
        headers["Link"] = f'<{url.path}?{url.query}>; rel="next"'
    return answer({"items": items, "next": after}, headers=headers)
