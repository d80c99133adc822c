"""`handrail migrate`: the schema of a PostgreSQL database, as a step of its own before new versions start."""

from __future__ import annotations

from typing import Annotated

import typer

from ..errors import UsageError
from ..store.address import is_remote, shown
from ..store.open import migrate as apply
from ..view.escape import visible
from ..view.words import count
from .desk import Db, place
from .page import say
from .refusal import refused


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Change nothing; exit code 1 if steps are missing.")] = False,
    grant: Annotated[
        str | None, typer.Option("--grant", metavar="ROLE", help="Give this role what servers and agents need.")
    ] = None,
    db: Db = None,
) -> None:
    """Bring a PostgreSQL database to this version's schema, as its owner.

    A file is brought up by whoever opens it next.
    """
    with refused():
        address = place(db)
        if not is_remote(address):
            raise UsageError("a file is brought up by whoever opens it next; this is for postgresql://…")
        where = visible(shown(address))
        if check:
            _check(address, where)
            return
        steps = apply(address, grant)
        say(f"{where}: {count(steps, 'step')} applied." if steps else f"{where} has this version's schema.", "good")
        if grant:
            say(f"{visible(grant)} may read, add to the log, and change or delete none of it.")


def _check(address: str, where: str) -> None:
    from ..store.postgres_health import steps_missing

    missing = steps_missing(address)
    say(f"{where}: {count(missing, 'step')} missing." if missing else f"{where} has this version's schema.")
    if missing:
        raise typer.Exit(1)
