"""The application: every route of the table with its handler, and every error as a problem document."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match

from .. import __version__
from ..errors import HandrailError, NotFound, UsageError
from ..wire.refusals import Broken, WrongMethod
from ..wire.routes import ROUTES, Route
from . import (
    allowances,
    decisions,
    health,
    inbox,
    links,
    live,
    lives,
    openapi,
    oversight,
    passkeys,
    people,
    push,
    stops,
    trial,
)  # fmt: skip
from .edge import Edge, problem
from .exchange import Exchange, answer
from .lives import Handler
from .pages import decide, entry, installed, listing, record, site
from .pages.built import Built
from .pages.faults import told
from .pages.paper import Paper
from .rights import caller_of, require
from .service import Service

log: Final = logging.getLogger("handrail.server")
HANDLERS: Final = {
    **lives.HANDLERS,
    **live.HANDLERS,
    **people.HANDLERS,
    **passkeys.HANDLERS,
    **push.HANDLERS,
    **inbox.HANDLERS,
    **oversight.HANDLERS,
    **trial.HANDLERS,
    **decisions.HANDLERS,
    **allowances.HANDLERS,
    **stops.HANDLERS,
}


def create_app(service: Service, built: Built | None = None) -> FastAPI:
    """The application on a service, with the app for browsers that lies in the package, or another.

    Raises `LookupError` for a route of the table without a handler or a rule.
    """
    built = Built.packaged() if built is None else built

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        service.hubs.listen()
        yield
        service.drain()
        await service.trials.end()

    app = FastAPI(title="Handrail", version=__version__, docs_url=None, redoc_url=None, openapi_url=None,
                  redirect_slashes=False, lifespan=lifespan)  # fmt: skip
    for route in ROUTES:
        _mount(app, service, route)
    health.mount(app, service)
    app.state.paper = paper = Paper(built)
    site.mount(app, service, built, paper)
    installed.mount(app, built)
    entry.mount(app, service)
    listing.mount(app, service)
    decide.mount(app, service)
    record.mount(app, service)
    links.mount(app, service)
    document = openapi.document()

    async def described(_: Request) -> Response:
        return answer(document)

    app.add_api_route("/v1/openapi.json", described, methods=["GET"], include_in_schema=False)
    app.add_exception_handler(HandrailError, _problem)
    app.add_exception_handler(HTTPException, _unrouted)
    app.add_exception_handler(ClientDisconnect, _left)
    app.add_middleware(Edge, service=service)
    return app


def _mount(app: FastAPI, service: Service, route: Route) -> None:
    handler = HANDLERS.get(route.name) or (lives.command if route.command else None)
    if handler is None or not (route.open or route.scope or route.permission):
        raise LookupError(f"the route {route.name} has no handler, or no rule who may use it")
    endpoint = _endpoint(service, route, handler)
    app.add_api_route(route.path, endpoint, methods=[route.method], name=route.name, include_in_schema=False)


def _endpoint(service: Service, route: Route, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        caller = None
        try:
            if not route.open:
                caller = await caller_of(service, request)
                await require(service, route, caller)
            return await handler(Exchange(service, request, route, caller))
        except (HandrailError, ClientDisconnect):
            raise
        except Exception as error:
            return await _broken(request, error)

    return endpoint


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HandrailError)
    return told(request, error)


async def _left(_: Request, __: Exception) -> Response:
    """Nobody is there to be answered."""
    return Response(status_code=400)


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        found: HandrailError = WrongMethod("this address knows no such method; `Allow` names those it knows")
        headers["Allow"] = ", ".join(sorted(_methods(request)))
    elif error.status_code == 404:
        found = NotFound("there is nothing at this address")
    else:
        found = UsageError(str(error.detail))
    return told(request, found, headers)


def _methods(request: Request) -> set[str]:
    """The methods of all routes with this address: where one names it as it is, of those that do."""
    fitting = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    named = [route for route in fitting if route.path == request.url.path]
    return {method for route in named or fitting for method in route.methods}


async def _broken(request: Request, error: Exception) -> Response:
    log.error("a request failed", exc_info=error)
    told = Broken(f"the server failed; its log tells more under {request.state.request_id}")
    return problem(told)
