"""What the doctor looks at on a server: the way there, its version and clock, and who somebody is to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .. import __version__
from ..client.http import Http
from ..client.probe import Probe, probe
from ..clock import SECOND, SystemClock
from ..errors import HandrailError, Unavailable
from ..gate.notice import local_zone
from ..view.escape import visible
from ..view.words import clock, duration
from . import sessions
from .finding import Finding
from .remote import NotSignedIn, RemoteSite

SKEW: Final = 5 * SECOND
"""How far clocks may be apart before a deadline that is drawn here is told wrong."""


def examined(url: str) -> Iterator[Finding]:
    """Everything about a server, and about this person there. Raises `UsageError` for a URL that is not safe."""
    address = sessions.normal(url)
    try:
        found = probe(address)
    except Unavailable as error:
        yield Finding("Server", "damage", str(error))
        return
    yield from _server(address, found)
    yield from _clock(found)
    yield _person(address)
    yield Finding("Log", "note", "is verified where its file is: `handrail doctor --db FILE` on the server's machine")


def _server(address: str, found: Probe) -> Iterator[Finding]:
    if found.status == "ready":
        yield Finding("Server", "good", f"{address} is ready, answered in {found.took // 1000} ms")
    else:
        yield Finding("Server", "warning", f"{address} answers, and is {visible(found.status)}")
    tls = address.startswith("https://")
    yield Finding("Way", "good" if tls else "note", "TLS, with a certificate that is valid here" if tls else
                  "plain HTTP, which does not leave this machine")  # fmt: skip
    if found.version is None:
        yield Finding("Version", "damage", "nothing here says that it is Handrail: look at the URL")
    elif found.version != __version__:
        yield Finding("Version", "warning", f"{visible(found.version)} there, {__version__} here: update the older one")
    else:
        yield Finding("Version", "good", found.version)


def _clock(found: Probe) -> Iterator[Finding]:
    if found.at is None:
        return
    apart = SystemClock().now() - found.at
    if abs(apart) <= SKEW + found.took:
        yield Finding("Clock", "good", "as the server's, to a few seconds")
    else:
        word = "ahead of" if apart > 0 else "behind"
        text = f"{duration(abs(apart))} {word} the server's: times and deadlines are told wrong here, set this clock"
        yield Finding("Clock", "warning", text)


def _person(address: str) -> Finding:
    try:
        site = RemoteSite(address)
    except NotSignedIn:
        return Finding("You", "warning", f"not signed in: handrail login {address}")
    except HandrailError as error:
        return Finding("You", "warning", str(error))
    try:
        return _known(site.backend, address)
    except HandrailError as error:
        return Finding("You", "warning", str(error))
    finally:
        site.close()


def _known(backend: Http, address: str) -> Finding:
    me = backend.me
    who = visible(backend.name(me["id"]))
    may = ", ".join(me["permissions"]) or "nothing"
    until = clock(me["until"], now=SystemClock().now(), zone=local_zone())
    return Finding("You", "good", f"{who}, signed in until {until}; you may {may}")
