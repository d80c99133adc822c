"""Sign-in by link, for a demo on one's own machine: opening the link shows a button, and the button signs in."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import FastAPI, Request, Response

from ..errors import NotAllowed, Unauthenticated
from .addresses import is_local
from .pages.entry import welcome
from .pages.faults import sentence
from .pages.form import require_own_page
from .pages.paper import paper_of
from .pages.visit import Visit
from .service import Service

PATH: Final = "/sign-in/{secret}"


def mount(app: FastAPI, service: Service) -> None:
    """Add the routes, to a demo only."""
    if not service.settings.demo:
        return

    async def ask(request: Request) -> Response:
        _require_local(request)
        try:
            handle = await asyncio.to_thread(service.accounts.linked, request.path_params["secret"])
        except Unauthenticated as error:
            return paper_of(request).page("link.html", 401, error=sentence(error))
        return paper_of(request).page("link.html", handle=handle, error="")

    async def use(request: Request) -> Response:
        _require_local(request)
        require_own_page(service, request)
        try:
            signed = await asyncio.to_thread(service.accounts.use_link, request.path_params["secret"])
        except Unauthenticated as error:
            return paper_of(request).page("link.html", 401, error=sentence(error))
        return await welcome(Visit(service, request), signed, "/")

    app.add_api_route(PATH, ask, methods=["GET"], include_in_schema=False)
    app.add_api_route(PATH, use, methods=["POST"], include_in_schema=False)


def _require_local(request: Request) -> None:
    if not is_local(request):
        raise NotAllowed("links let in people on this machine only: sign in with your password")


def address(service: Service, who: str, tenant: str) -> str:
    """A link that signs somebody in, once, within ten minutes."""
    return service.settings.origin + PATH.format(secret=service.accounts.link(tenant, who))
