"""The app that was built for the browser: only names that are known when the server starts are served."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import Request, Response

FOLDER: Final = "assets"
FOREVER: Final = "public, max-age=31536000, immutable"
MEDIA: Final[Mapping[str, str]] = {
    "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
    "woff2": "font/woff2", "png": "image/png", "json": "application/json", "webmanifest": "application/manifest+json",
}  # fmt: skip
CODINGS: Final[Mapping[str, str]] = {"br": ".br", "gzip": ".gz"}
"""How an asset may be compressed, the best first, and what its name then ends with."""
_QUALITY: Final = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the app: as it is under the coding `identity`, and as it was compressed when it was built."""

    media: str
    bodies: Mapping[str, bytes]

    def response(self, request: Request) -> Response:
        """The file, in the best coding that the browser takes; it may be kept for ever, since its name has its hash."""
        taken = accepted(request.headers.get("accept-encoding", ""))
        coding = next((one for one in CODINGS if one in self.bodies and one in taken), "identity")
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        if coding != "identity":
            headers["Content-Encoding"] = coding
        return Response(self.bodies[coding], headers=headers, media_type=self.media)


@dataclass(frozen=True, slots=True)
class Built:
    """The app: its page, or `None` where it was not built, and its assets by name."""

    index: bytes | None = None
    assets: Mapping[str, Asset] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Traversable) -> Built:
        """What lies in a folder."""
        index, folder = root / "index.html", root / FOLDER
        names = {one.name: one for one in folder.iterdir() if one.is_file()} if folder.is_dir() else {}
        return cls(index.read_bytes() if index.is_file() else None, dict(_assets(names)))

    @classmethod
    def packaged(cls) -> Built:
        """What was built into the package."""
        return cls.of(files("handrail.server") / "static")

    def named(self, beginning: str, ending: str) -> str | None:
        """The address of an asset by both ends of its name, between which the hash stands."""
        found = (name for name in sorted(self.assets) if name.startswith(beginning) and name.endswith(ending))
        return next((f"/{FOLDER}/{name}" for name in found), None)


def _assets(names: Mapping[str, Traversable]) -> Iterable[tuple[str, Asset]]:
    for name, file in names.items():
        if not name.endswith(tuple(CODINGS.values())):
            packed = {coding: names[name + end].read_bytes() for coding, end in CODINGS.items() if name + end in names}
            media = MEDIA.get(name.rpartition(".")[2], "application/octet-stream")
            yield name, Asset(media, {"identity": file.read_bytes(), **packed})


def accepted(header: str) -> frozenset[str]:
    """The codings that an `Accept-Encoding` takes by name: those that it does not give the quality 0."""
    found = set()
    for part in header.lower().split(","):
        name, _, rest = (piece.strip() for piece in part.partition(";"))
        quality = _QUALITY.fullmatch(rest) if rest else None
        if name and (not rest or (quality and float(quality[1]) > 0)):
            found.add(name)
    return frozenset(found)
