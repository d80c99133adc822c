"""What lets a browser install the app: a manifest, icons, and a service worker that does nothing but show pushes."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI, Request, Response

from ...errors import NotFound
from .built import Asset, Built

MANIFEST: Final = "/manifest.webmanifest"
WORKER: Final = "/worker.js"
ICONS: Final[dict[str, dict[str, str]]] = {
    "icon-192.png": {"sizes": "192x192"},
    "icon-512.png": {"sizes": "512x512"},
    "icon-maskable-512.png": {"sizes": "512x512", "purpose": "maskable"},
    "icon-apple-180.png": {},
    "badge-96.png": {},
}
"""The icons by file, and what the manifest says of those that are in it."""
WORKER_CSP: Final = "default-src 'none'; frame-ancestors 'none'"
FRESH: Final = "no-cache"


def mount(app: FastAPI, built: Built) -> None:
    """Add them. No session is needed: browsers fetch them without one."""
    folder = files(__package__) / "icons"
    icons = {name: Asset("image/png", {"identity": (folder / name).read_bytes()}) for name in ICONS}
    manifest = json.dumps(_manifest()).encode()

    async def described(_: Request) -> Response:
        return Response(manifest, headers={"Cache-Control": FRESH}, media_type="application/manifest+json")

    async def worker(_: Request) -> Response:
        found = built.assets.get((built.named("worker-", ".js") or "").rpartition("/")[2])
        if found is None:
            raise NotFound("this server was started without the app for browsers: build it with `make web`")
        headers = {"Cache-Control": FRESH, "Content-Security-Policy": WORKER_CSP}
        return Response(found.bodies["identity"], headers=headers, media_type=found.media)

    async def icon(request: Request) -> Response:
        found = icons.get(str(request.path_params["name"]))
        if found is None:
            raise NotFound("there is nothing at this address")
        return found.response(request)

    app.add_api_route(MANIFEST, described, methods=["GET"], include_in_schema=False)
    app.add_api_route(WORKER, worker, methods=["GET"], include_in_schema=False)
    app.add_api_route("/icons/{name}", icon, methods=["GET"], include_in_schema=False)


def _manifest() -> dict[str, Any]:
    return {
        "id": "/", "name": "Handrail", "short_name": "Handrail", "start_url": "/inbox", "scope": "/",
        "description": "Decide what AI agents may do.", "lang": "en", "display": "standalone",
        "background_color": "#f4f5f8", "theme_color": "#f4f5f8",
        "icons": [
            {"src": f"/icons/{name}", "type": "image/png", **said} for name, said in ICONS.items() if said
        ],
    }  # fmt: skip
