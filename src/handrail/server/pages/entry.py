"""Coming in and going out: sign-in, invitations, sign-out. Every way in ends in `welcome`."""

from __future__ import annotations

import asyncio
from typing import Final

from fastapi import FastAPI, Response

from ...errors import HandrailError, TooMany, Unauthenticated
from ...wire.refusals import WeakPassword
from ..addresses import network_of
from ..auth.callers import SignedIn
from ..auth.passwords import SHORTEST
from ..people import change_session, end_session
from ..rights import cookie_name
from ..service import Service
from .faults import headers_of, sentence
from .form import own_path
from .paper import SCRIPTED
from .visit import Visit, add, see_other

LONGEST: Final = 200
"""Characters of a handle or secret that anybody looks at."""


def mount(app: FastAPI, service: Service) -> None:
    """Add the pages."""
    add(app, service, "GET", "/login", ask)
    add(app, service, "POST", "/login", sign_in)
    add(app, service, "POST", "/logout", sign_out)
    for path in ("/join", "/join/{secret}"):
        add(app, service, "GET", path, invited)
        add(app, service, "POST", path, join)


async def ask(visit: Visit) -> Response:
    """The form; who is signed in already goes on."""
    onward = own_path(visit.request.query_params.get("next", ""))
    cookie = visit.request.cookies.get(cookie_name(visit.service), "")
    try:
        visit.service.accounts.by_session(cookie)
    except Unauthenticated:
        return _sign_in_page(visit, onward, said="Your session has ended." if cookie else "")
    return see_other(onward)


async def sign_in(visit: Visit) -> Response:
    """By handle and password. Another method comes in here: a field of the form that says which."""
    form = await visit.form()
    onward, handle = own_path(form.text("next")), form.text("handle")[:LONGEST]
    try:
        signed = await asyncio.to_thread(
            visit.service.accounts.sign_in, handle, form.text("password"), network_of(visit.request)
        )
    except (TooMany, Unauthenticated) as error:
        return _sign_in_page(visit, onward, handle, error=error)
    return await welcome(visit, signed, onward)


async def welcome(visit: Visit, signed: SignedIn, onward: str) -> Response:
    """Give the browser its new session, and go on."""
    response = see_other(onward)
    await change_session(visit.service, visit.request, response, signed.token)
    return response


def _sign_in_page(
    visit: Visit, onward: str, handle: str = "", *, said: str = "", error: HandrailError | None = None
) -> Response:
    door = visit.paper.door if visit.service.passkeys.possible else None
    headers = {**(headers_of(error) if error else {}), **({"Content-Security-Policy": SCRIPTED} if door else {})}
    return visit.paper.page(
        "login.html", error.status if error else 200, headers, onward=onward, handle=handle, said=said, door=door,
        error=sentence(error) if error else "",
    )  # fmt: skip


async def sign_out(visit: Visit) -> Response:
    """End the session."""
    await visit.form()
    response = see_other("/login")
    await end_session(visit.service, visit.request, response)
    return response


async def invited(visit: Visit) -> Response:
    """The form in which somebody sets their password; looking at it uses nothing up."""
    secret = _secret(visit)
    if not secret:
        return _join_page(visit)
    try:
        handle = await asyncio.to_thread(visit.service.accounts.invited, secret)
    except Unauthenticated as error:
        return _join_page(visit, error=error)
    return _join_page(visit, handle=handle)


async def join(visit: Visit) -> Response:
    """Set the password, and sign in."""
    form = await visit.form()
    secret, accounts = _secret(visit) or form.text("secret").strip()[:LONGEST], visit.service.accounts
    try:
        handle = await asyncio.to_thread(accounts.invited, secret)
    except Unauthenticated as error:
        return _join_page(visit, error=error)
    try:
        if form.text("password") != form.text("again"):
            raise WeakPassword("the two passwords are not the same: write it twice")
        signed = await asyncio.to_thread(accounts.accept, secret, form.text("password"))
    except Unauthenticated as error:
        return _join_page(visit, error=error)
    except WeakPassword as error:
        return _join_page(visit, handle=handle, secret=secret, error=error)
    return await welcome(visit, signed, "/")


def _secret(visit: Visit) -> str:
    return str(visit.request.path_params.get("secret", ""))[:LONGEST]


def _join_page(visit: Visit, handle: str = "", secret: str = "", error: HandrailError | None = None) -> Response:
    return visit.paper.page(
        "join.html", error.status if error else 200, handle=handle, secret=secret, shortest=SHORTEST,
        in_path=bool(_secret(visit)), over=isinstance(error, Unauthenticated),
        error=sentence(error) if error else "",
    )  # fmt: skip
