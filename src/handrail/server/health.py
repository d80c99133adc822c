"""For those who run the server: is it alive, is it ready, what does it count."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import FastAPI, Request, Response

from ..engine.request import DEFAULT_TENANT
from ..errors import HandrailError, NotAllowed
from .addresses import is_local
from .exchange import answer
from .rights import caller_of
from .service import Service

METRICS: Final = "text/plain; version=0.0.4; charset=utf-8"


def mount(app: FastAPI, service: Service) -> None:
    """Add the routes; none of them tells anything about the contents."""

    async def livez() -> Response:
        return answer({"status": "alive"})

    async def readyz() -> Response:
        if service.draining:
            return answer({"status": "draining"}, 503)
        try:
            await asyncio.to_thread(service.archive(DEFAULT_TENANT).size)
        except HandrailError as error:
            return answer({"status": "unavailable", "why": error.code}, 503)
        return answer({"status": "ready"})

    async def metrics(request: Request) -> Response:
        await _require_operator(service, request)
        service.metrics.waiting.set(service.waiting)
        size = await asyncio.to_thread(service.archive(DEFAULT_TENANT).size)
        service.metrics.entries.labels(DEFAULT_TENANT).set(size)
        return Response(service.metrics.text(), media_type=METRICS)

    for path, endpoint in (("/livez", livez), ("/readyz", readyz), ("/metrics", metrics)):
        app.add_api_route(path, endpoint, methods=["GET"], include_in_schema=False)


async def _require_operator(service: Service, request: Request) -> None:
    """On one's own machine anybody may look at the metrics; from elsewhere auditors and administrators."""
    if is_local(request):
        return
    caller = await caller_of(service, request)
    if not caller.permissions & {"audit", "administer"}:
        raise NotAllowed("metrics are for auditors and administrators")
