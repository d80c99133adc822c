"""`handrail runs prune`: drops what watched runs reported long ago."""

from __future__ import annotations

from contextlib import closing
from typing import Annotated

import typer

from ..engine.pruning import prune as dropped
from .desk import Db, place
from .export import instant
from .local import LocalSite, require_database
from .page import say
from .refusal import refused
from .site import require_administrator


def prune(
    before: Annotated[
        str, typer.Option("--before", metavar="TIME", help="2026-01-31, or for how long it is kept, such as 90d.")
    ],
    db: Db = None,
) -> None:
    """Drop what watched runs reported before a time. Their entries and totals stay."""
    with refused():
        path = place(db)
        require_database(path)
        with closing(LocalSite(path)) as site:
            require_administrator(site, "drops what runs reported")
            found = dropped(site.backend.archive, site.backend.call, instant(before, site.now()))
    say(f"Dropped what {found} {'run' if found == 1 else 'runs'} reported before then; the log says so.", "good")
