"""`handrail permissions`: what people let run without asking, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer

from ..backend import LimitRecord, PermissionRecord
from ..policy.limits import ARGS
from ..policy.standing import LONGEST, Revoke, Terms
from ..view.drawing import inline
from ..view.escape import visible
from ..view.lines import BLANK, Line
from ..view.model import Erased
from ..view.text import gist as drawn
from ..view.words import count, duration, listed
from ..wire import records
from . import gist
from .desk import Db, Desk, desk
from .page import Json, say, show, table, tell

MOST: Final = 200
Until = Annotated[
    str | None,
    typer.Option("--standing-until", metavar="TIME", help="Let the like run for so long, as 2h; at most 90d."),
]
Times = Annotated[
    int | None, typer.Option("--standing-times", metavar="N", min=1, help="Let the like run so many times.")
]
Fixed = Annotated[
    list[str] | None,
    typer.Option("--fixed", metavar="NAME", help="An argument that has to be the same then [default: all of them]."),
]


def terms(until: int | None, times: int | None, fixed: list[str] | None) -> Terms | None:
    """What the options let run; `None` where they say nothing. `until` is in µs."""
    if until is None and times is None and not fixed:
        return None
    return Terms(LONGEST if until is None else until, times, tuple(dict.fromkeys(fixed)) if fixed else None)


def told(given: Terms) -> str:
    """What is let run, in words."""
    same = "the same arguments" if given.fixed is None else f"the same {listed([visible(one) for one in given.fixed])}"
    times = f", {count(given.times, 'time')} at most" if given.times else ""
    return f"let the like run with {same} for {duration(given.lasts)}{times}"


def list_permissions(
    every: Annotated[bool, typer.Option("--all", help="Also those that ended.")] = False,
    json: Json = False, db: Db = None,
) -> None:  # fmt: skip
    """Standing permissions: what runs without asking, until when, and how often it did."""
    with desk(db) as at:
        found = at.backend.permissions(limit=MOST)
        kept = [one for one in found if every or (one.state.status == "present" and one.state.until > at.now())]
        if json:
            tell({"permissions": [records.permission_out(one) for one in kept]})
        elif kept:
            show(_rows(at, kept))
            say(count(len(kept), "permission"), "muted")
        else:
            say("Nothing runs by a standing permission. To give one: handrail reviews approve --standing-until 2h")


def _rows(at: Desk, found: list[PermissionRecord]) -> list[Line]:
    rows = [
        (
            gist.short(one.state.id), visible(one.state.name), _same(one), gist.name(at, one.state.by),
            one.state.why.replace("_", " ") if one.state.why else f"until {gist.at(at, one.state.until)}",
            f"{one.state.uses:,}" + (f" of {one.state.times:,}" if one.state.times else ""),
        )
        for one in found
    ]  # fmt: skip
    return table(("ID", "ACTION", "WITH", "BY", "ENDS", "USED"), rows, grows=2, spans={1: "title"})


def _same(one: PermissionRecord) -> str:
    if isinstance(one.values, Erased) or not isinstance(one.values, dict):
        return listed([visible(fixed.name) for fixed in one.state.fixed]) or "any arguments"
    return drawn(one.values) if one.values else "any arguments"


def revoke(
    permission: Annotated[str, typer.Argument(metavar="PERMISSION", help="The id, or enough of it.")], db: Db = None
) -> None:
    """Take a standing permission back: from now on people are asked again."""
    with desk(db) as at:
        found = at.find("std", permission)
        at.backend.call(found, Revoke())
        say(f"{gist.short(found)} is taken back; what has not started by it yet is asked about, too.", "good")


def list_limits(json: Json = False, db: Db = None) -> None:
    """The policy's limits, and what is used of them now."""
    with desk(db) as at:
        found = at.backend.limits()
        if json:
            tell({"limits": [records.limit_out(one) for one in found]})
        elif found:
            show([line for one in found for line in (*_limit(at, one), BLANK)][:-1])
        else:
            say("The active policy has no limits.")


def _limit(at: Desk, one: LimitRecord) -> Iterator[Line]:
    limit = one.limit
    what = f"the sum of {visible(limit.sum)}" if limit.sum else "calls"
    per = f" per {listed([visible(by.removeprefix(ARGS)) for by in limit.per])}" if limit.per else ""
    yield Line("title", f"{visible(limit.name)}")
    yield Line(
        "muted",
        f"  {visible(limit.action)}: {what}, at most {limit.at_most} in {duration(limit.within)}{per}, "
        f"{'else denied' if limit.otherwise == 'deny' else 'else review'}",
    )
    if not one.budgets:
        yield Line("fact", "  nothing is used")
    for budget in one.budgets:
        used = "nobody knows what was used" if budget.used is None else f"{budget.used} used, {budget.left} left"
        yield Line("fact", f"  {_key(at, budget.key)}{used}")


def _key(at: Desk, key: Any) -> str:
    """What a budget is for: ids by their names, arguments as they are drawn."""
    if isinstance(key, Erased):
        return "[erased]: "
    named = [_by(at, name, value) for name, value in sorted((key or {}).items()) if value != ""]
    return f"{', '.join(named)}: " if named else ""


def _by(at: Desk, name: str, value: Any) -> str:
    if name.startswith(ARGS):
        return f"{visible(name.removeprefix(ARGS))} {inline(value)}"
    return f"{name} {visible(value) if name == 'action' else gist.name(at, value)}"
