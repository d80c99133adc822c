"""Sign-in by link, for a demo on one's own machine: opening the link shows a button, and the button signs in."""

from __future__ import annotations

import asyncio
from html import escape
from typing import Final

from fastapi import FastAPI, Request, Response

from ..errors import NotAllowed, Unauthenticated
from .addresses import is_local
from .people import change_session
from .rights import require_same_site
from .service import Service

PATH: Final = "/sign-in/{secret}"
HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "same-origin",  # without a referrer browsers do not name the origin of a form either
}
PAGE: Final = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Handrail</title></head>
<body><main><h1>Handrail</h1>
{content}
</main></body>
</html>
"""
BUTTON: Final = '<form method="post"><button>Sign in</button></form>'


def mount(app: FastAPI, service: Service) -> None:
    """Add the routes, to a demo only."""
    if not service.settings.demo:
        return

    async def ask(request: Request) -> Response:
        _require_local(request)
        return _page(BUTTON)

    async def use(request: Request) -> Response:
        _require_local(request)
        require_same_site(service, request)
        try:
            signed = await asyncio.to_thread(service.accounts.use_link, request.path_params["secret"])
        except Unauthenticated as error:
            return _page(f"<p>{escape(str(error))}</p>", 401)
        response = Response(status_code=303, headers={"Location": "/", **HEADERS})
        await change_session(service, request, response, signed.token)
        return response

    app.add_api_route(PATH, ask, methods=["GET"], include_in_schema=False)
    app.add_api_route(PATH, use, methods=["POST"], include_in_schema=False)


def _require_local(request: Request) -> None:
    if not is_local(request):
        raise NotAllowed("links let in people on this machine only: sign in with your password")


def _page(content: str, status: int = 200) -> Response:
    return Response(PAGE.format(content=content), status, HEADERS, "text/html")


def address(service: Service, who: str, tenant: str) -> str:
    """A link that signs somebody in, once, within ten minutes."""
    return service.settings.origin + PATH.format(secret=service.accounts.link(tenant, who))
