"""Forms that a browser sends: only from our own pages, read strictly."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from ...errors import UsageError
from ...wire.refusals import Foreign, NotForm
from ..auth.callers import Caller
from ..exchange import read
from ..rights import require_same_site
from ..service import Service

MEDIA: Final = "application/x-www-form-urlencoded"
FIELDS: Final = 10_000
TOKEN: Final = "csrf"
_OWN: Final = re.compile(r"/(?!/)[A-Za-z0-9_/=&?-]{0,400}", re.ASCII)
_BREAK: Final = re.compile(r"\r\n?")


class Form:
    """The fields of a form, by name, in the order in which they were sent."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self._fields: Final = fields

    def text(self, name: str) -> str:
        """The value of a field, without the line breaks that browsers make two characters of; empty without it."""
        return _BREAK.sub("\n", next(iter(self._fields.get(name, ())), ""))

    def all(self, name: str) -> list[str]:
        """Every value of a field."""
        return list(self._fields.get(name, ()))

    def __contains__(self, name: str) -> bool:
        return name in self._fields


async def form_of(service: Service, request: Request) -> Form:
    """The form of one of our own pages. Raises `Foreign`, `NotForm`, `TooLarge`, `UsageError`."""
    require_own_page(service, request)
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    data = await read(request, service.settings.body, service.settings.arrival)
    if data and media != MEDIA:
        raise NotForm(f"send a form, as Content-Type: {MEDIA}")
    found: dict[str, list[str]] = {}
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except ValueError:
        raise UsageError("this is no form that can be read: load the page again") from None
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return Form(found)


def require_own_page(service: Service, request: Request) -> None:
    """A form, unlike JSON, can be sent by any site: so the browser has to say where it comes from."""
    require_same_site(service, request)
    if "origin" not in request.headers and "sec-fetch-site" not in request.headers:
        raise Foreign("your browser does not say from which site this was sent: use a newer one")


def require_token(caller: Caller, form: Form) -> None:
    """Raise `Foreign` where a form lacks the token of the session."""
    assert caller.session is not None
    if not hmac.compare_digest(form.text(TOKEN).encode(), caller.session.csrf.encode()):
        raise Foreign("this form lacks the token of your session: load the page again")


def own_path(text: str) -> str:
    """A path of this server, as it was given if it is one; else the start."""
    return text if _OWN.fullmatch(text) else "/"
