"""Draws the pages without script: templates that escape everything, one stylesheet, and what both are served with."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any, Final

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from ...view.escape import visible
from ...view.words import clock, count, digest, duration, listed, relative
from .built import Asset, Built

CSP: Final = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SCRIPTED: Final = (
    f"{CSP}; script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
)
"""For the one page that can do more with a script than without."""
HEADERS: Final = {
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "same-origin",  # without a referrer browsers do not name the origin of a form either
    "Cache-Control": "no-store",
}
MARK: Final = b"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" fill="none" stroke="#2754d8" stroke-width="2.6"
 stroke-linecap="round"><path d="M7 27V14M16 27V11M25 27V8M4 13.5 28 5.5"/></svg>
"""
FONTS: Final[Mapping[str, str]] = {"Inter HR": "inter", "JetBrains Mono HR": "jetbrains-mono"}
FACE: Final = (
    '@font-face {{ font-family: "{name}"; font-weight: 400 700; font-display: swap; '
    'src: url("{url}") format("woff2"); }}\n'
)
_SIGN: Final = re.compile(r"(⟨[^⟩]*⟩|⏎|⇥)")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Paper:
    """The templates and the stylesheet of one server."""

    def __init__(self, built: Built) -> None:
        style = _faces(built) + (files(__package__) / "pages.css").read_text()
        self.style: Final = Asset("text/css; charset=utf-8", {"identity": style.encode()})
        self.address: Final = f"/pages/{hashlib.sha256(style.encode()).hexdigest()[:16]}.css"
        self.door: Final = built.named("door-", ".js")
        self._templates: Final = Environment(
            loader=PackageLoader(__package__), autoescape=True, undefined=StrictUndefined, auto_reload=False,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._templates.filters |= {
            "drawn": drawn, "when": when, "duration": duration, "count": count, "digest": digest, "listed": listed,
            "visible": visible,
        }  # fmt: skip
        self._templates.globals |= {"style": self.address, "relative": relative, "has_app": built.index is not None}

    def page(
        self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Response:
        """A page."""
        text = self._templates.get_template(template).render(status=status, **{"me": None, **values})
        return Response(text, status, {**HEADERS, **(headers or {})}, "text/html")


def paper_of(request: Request) -> Paper:
    """The paper of the server that was asked."""
    found = request.app.state.paper
    assert isinstance(found, Paper)
    return found


def _faces(built: Built) -> str:
    """The fonts of the app, where it was built; else the pages are set in those of the system."""
    found = {name: built.named(f"{beginning}-", ".woff2") for name, beginning in FONTS.items()}
    return "".join(FACE.format(name=name, url=url) for name, url in found.items() if url)


def drawn(text: str) -> Markup:
    """Drawn text, with Handrail's own signs set apart, and a line broken where the data breaks it."""
    parts = _SIGN.split(text)
    marked = [_sign(part) if at % 2 else escape(part) for at, part in enumerate(parts)]
    return Markup("").join(marked)


def _sign(text: str) -> Markup:
    ends = Markup("<br>") if text == "⏎" else ""
    return Markup('<span class="sign">{}</span>{}').format(text, ends)


def when(time: int, now: int | None = None) -> Markup:
    """A time in UTC, to the minute; seen from `now` if that is given."""
    try:
        at = f"{_EPOCH + timedelta(microseconds=time):%Y-%m-%dT%H:%M:%S}Z"
    except OverflowError:
        return escape(clock(time))
    words = clock(time) if now is None else f"{clock(time, now=now)}, {relative(now, time)}"
    return Markup('<time datetime="{}">{}</time>').format(at, words)
