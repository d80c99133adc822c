"""`handrail serve`: the same database for agents and people elsewhere."""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING, Annotated

import typer

from ..embedded import os_user_name
from ..errors import UsageError
from ..policy.asked import environment
from ..store.address import is_remote, shown
from ..view.escape import visible
from ..view.lines import Line
from .desk import Db, place
from .gist import short
from .local import LocalSite
from .notify import Notify
from .page import say, show
from .refusal import refused
from .stops import named

if TYPE_CHECKING:
    from ..server.run import Listen

DEFAULT = "127.0.0.1:8321"


def serve(
    listen: Annotated[str, typer.Option("--listen", metavar="HOST:PORT", help="Where to listen.")] = DEFAULT,
    origin: Annotated[
        str | None, typer.Option("--origin", metavar="URL", help="Where browsers find it, such as https://hand.rail.")
    ] = None,
    behind_proxy: Annotated[
        list[str] | None, typer.Option("--behind-proxy", metavar="CIDR", help="A proxy in front that ends TLS.")
    ] = None,
    tls_cert: Annotated[str | None, typer.Option("--tls-cert", metavar="FILE", help="The certificate.")] = None,
    tls_key: Annotated[str | None, typer.Option("--tls-key", metavar="FILE", help="Its private key.")] = None,
    open_reviews: Annotated[
        int, typer.Option(min=1, envvar="HANDRAIL_OPEN_REVIEWS", help="How many actions of one agent may wait.")
    ] = 100,
    asks_per_minute: Annotated[
        int, typer.Option(min=1, envvar="HANDRAIL_ASKS_PER_MINUTE", help="How often one agent may ask in a minute.")
    ] = 600,
    env: Annotated[
        str | None,
        typer.Option("--env", envvar="HANDRAIL_ENV", metavar="NAME", help="What a policy's conditions see as `env`."),
    ] = None,
    notify: Notify = None,
    db: Db = None,
) -> None:
    """Serve a database over HTTP, to agents with keys and to people who sign in."""
    with refused():
        try:
            from ..notify.opening import channels
            from ..server.run import Listen
            from ..server.run import serve as run
            from ..server.settings import Caps, Settings
        except ImportError as error:
            raise UsageError(f"serving needs more packages ({error.name}): pip install 'handrail[server]'") from None
        host, port = _address(listen)
        where = Listen(host, port, tls_cert, tls_key, tuple(behind_proxy or ()))
        where.require_safe()
        found = _origin(origin, listen, where)
        path, ways = place(db), channels(notify)
        show([Line("good", f"Serving {visible(_here(path))} at {found}")])
        _advise(path, found)
        settings = Settings(origin=found, caps=Caps(open_reviews, asks_per_minute), env=environment(env))
        run(path, settings, where, ways)


def _origin(given: str | None, listen: str, where: Listen) -> str:
    if where.proxies and given is None:
        raise UsageError("behind a proxy give --origin: the address that browsers use")
    return (given or f"{'https' if where.certificate else 'http'}://{listen}").rstrip("/")


def _here(path: str) -> str:
    return shown(path) if is_remote(path) else os.path.abspath(path)


def _address(listen: str) -> tuple[str, int]:
    host, separator, port = listen.rpartition(":")
    if not separator or not port.isdecimal() or not 0 < int(port) < 65536:
        raise UsageError(f"--listen {listen!a} is no HOST:PORT, such as {DEFAULT}")
    return host.strip("[]"), int(port)


def _advise(path: str, origin: str) -> None:
    """What is still to be done, on this machine, before anybody can come in; each command on a line to be copied."""
    site = LocalSite(path)
    try:
        directory = site.directory
        stopped = [one for one in site.backend.stops.newest() if one.state.status == "present"]
    finally:
        site.close()
    for one in stopped:
        say(f"Stopped: {named(one)}. `handrail stops show {short(one.state.id)}` says why.", "flag")
    here = "" if place(None) == path else f" --db {shlex.quote(shown(path))}"
    if not directory.administrators:
        user = visible(os_user_name())
        say("Nobody may administer it yet. Name yourself in people.yaml, and run the three lines below it here:")
        show([
            Line("muted", "  people:"),
            Line("muted", f"    - {{handle: {user}, os_user: {user}, roles: [reviewer, administrator]}}"),
            *_commands(f"people apply people.yaml{here}", f"people invite {user}{here}"),
            *_commands(f"login {origin} --invitation"),
        ])  # fmt: skip
    if not any(key.status == "present" for key in directory.keys.values()):
        say("No agent has a key yet. To give one:")
        show(_commands(f"keys create AGENT{here}"))


def _commands(*words: str) -> list[Line]:
    return [Line("title", f"  handrail {one}") for one in words]
