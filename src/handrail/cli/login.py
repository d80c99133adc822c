"""`handrail login` and `logout`: who works against a server signs in once, and commands find the session."""

from __future__ import annotations

import getpass
import sys
import warnings
from typing import Annotated, Any, Final

import typer

from ..clock import SystemClock
from ..errors import HandrailError, Unauthenticated, Unavailable, UsageError
from ..gate.notice import local_zone
from ..view.escape import visible
from ..view.lines import Line
from ..view.words import clock
from . import sessions
from .ask import at_terminal, line
from .desk import is_server
from .page import say, show
from .refusal import INTERRUPTED, refused

Url = Annotated[
    str, typer.Argument(metavar="URL", envvar="HANDRAIL_DB", help="The server: https://…, or http:// on this machine.")
]
NO_PASSWORDS: Final = {
    "hrk_": "this is an agent's key, and a person is needed here: sign in with your own password",
    "hri_": "this is an invitation: run the same command with --invitation",
    "hrs_": "this is a session's token: sign in with your password",
    "hrl_": "this is a link's secret: sign in with your password",
}


def login(
    url: Url,
    handle: Annotated[str | None, typer.Option("--handle", metavar="HANDLE", help="Who you are, such as ann.")] = None,
    invitation: Annotated[
        bool, typer.Option("--invitation", help="Set your password with the secret that you were given.")
    ] = False,
) -> None:
    """Sign in at a server; commands with its URL as --db then work as you.

    The password is typed unseen, or read from stdin, a line, where that is no terminal.
    """
    with refused():
        address = _server(url)
        body = _accepting() if invitation else _signing_in(handle)
        signed = _send(address, "/v1/invitations" if invitation else "/v1/sessions", body)
        who = str((signed.get("label") or {}).get("handle") or signed["id"])
        sessions.keep(sessions.Session(address, signed["token"], who, signed["until"]))
        until = clock(signed["until"], now=SystemClock().now(), zone=local_zone())
        say(f"You are {visible(who)} at {address}, until {until}.", "good")
        show([Line("muted", f"Work there with --db {address}, or export HANDRAIL_DB={address}")])


def _server(url: str) -> str:
    if not is_server(url):
        raise UsageError(f"{url!a} is no server's URL, such as https://hand.rail: a database file needs no signing in")
    from ..client.transport import require_safe

    return sessions.normal(require_safe(url))


def _signing_in(handle: str | None) -> dict[str, str]:
    if handle is None and not at_terminal():
        raise UsageError("nobody can be asked here: give --handle, and the password on stdin")
    name = handle or line("Handle: ", "Nobody was signed in.")
    password = hidden("Password: ")
    for prefix, words in NO_PASSWORDS.items():
        if password.startswith(prefix):
            raise UsageError(words)
    return {"name": name, "password": password, "use": "terminal"}


def _accepting() -> dict[str, str]:
    secret = hidden("Invitation: ").strip()
    if secret.startswith("hrk_"):
        raise UsageError(NO_PASSWORDS["hrk_"])
    password = hidden("New password: ")
    if password != hidden("The same again: "):
        raise UsageError("the two passwords are not the same: nothing was changed")
    return {"secret": secret, "password": password, "use": "terminal"}


def hidden(prompt: str) -> str:
    """A line that is typed unseen, else the next line of stdin. Raises `UsageError` where it would be seen."""
    if not sys.stdin.isatty():
        typed = sys.stdin.readline()
        if not typed:
            raise UsageError(f"stdin ended, and {prompt.strip(': ').lower()!r} is missing")
        return typed.rstrip("\r\n")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(prompt, sys.stderr)
    except getpass.GetPassWarning:
        raise UsageError("this terminal shows what is typed: give --handle, and the password on stdin") from None
    except EOFError:
        raise typer.Exit(INTERRUPTED) from None


def _send(address: str, path: str, body: dict[str, str]) -> dict[str, Any]:
    from ..client.transport import Transport

    transport = Transport(address, None)
    try:
        found: dict[str, Any] = transport.request("POST", path, body)
        return found
    finally:
        transport.close()


def logout(url: Url) -> None:
    """End your session at a server, there and here."""
    with refused():
        address = _server(url)
        kept = sessions.read(address)
        if kept is None:
            say(f"You are not signed in at {address}; nothing was changed.")
            return
        sessions.forget(address)
        _end(kept)
        say(f"Signed out at {address}.", "good")


def _end(kept: sessions.Session) -> None:
    """End the session at the server, too; one that has ended already is as good."""
    from ..client.transport import Transport

    transport = Transport(kept.url, kept.token)
    try:
        transport.request("DELETE", "/v1/sessions/current")
    except Unauthenticated:
        pass
    except HandrailError as error:
        until = clock(kept.until, now=SystemClock().now(), zone=local_zone())
        raise Unavailable(f"forgotten here, but it goes on at the server until {until}: {error}") from None
    finally:
        transport.close()
