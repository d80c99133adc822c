"""The app for browsers, the stylesheet of the pages without script, and the icon."""

from __future__ import annotations

from typing import Final

from fastapi import FastAPI, Request, Response

from ...errors import NotFound
from ..service import Service
from .built import FOLDER, Asset, Built
from .paper import MARK, Paper
from .visit import Visit, add

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; worker-src 'self'; "
    "manifest-src 'self'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html handrail-worker"
)
PATHS: Final = ("/", "/inbox", "/inbox/{id}", "/oversight", "/oversight/{id}")
"""Addresses inside the app: it looks at them itself."""
ICON: Final = Asset("image/svg+xml", {"identity": MARK})


def mount(app: FastAPI, service: Service, built: Built, paper: Paper) -> None:
    """Add the app's page at each of its addresses, and what belongs to it. No session is needed to see an asset."""

    async def index(visit: Visit) -> Response:
        if built.index is None:
            return visit.paper.page("unbuilt.html", 503, me=visit.me)
        return Response(built.index, headers={"Content-Security-Policy": CSP}, media_type="text/html; charset=utf-8")

    async def asset(request: Request) -> Response:
        found = built.assets.get(str(request.path_params["name"]))
        if found is None:
            raise NotFound("there is nothing at this address")
        return found.response(request)

    async def style(request: Request) -> Response:
        return paper.style.response(request)

    async def icon(request: Request) -> Response:
        return ICON.response(request)

    for path in PATHS:
        add(app, service, "GET", path, index, need="get_me")
    app.add_api_route(f"/{FOLDER}/{{name}}", asset, methods=["GET"], include_in_schema=False)
    app.add_api_route(paper.address, style, methods=["GET"], include_in_schema=False)
    for path in ("/favicon.ico", "/favicon.svg"):
        app.add_api_route(path, icon, methods=["GET"], include_in_schema=False)
