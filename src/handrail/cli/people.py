"""`handrail people` and `handrail init`: the database and who is in it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from ..codec.people_file import PersonSpec, read_people
from ..directory.model import Person
from ..embedded import os_user_name
from ..engine import roster
from ..engine.request import Request
from ..errors import NotAllowed, UsageError
from ..ids import mint
from ..view.escape import visible
from ..view.lines import Line, Style
from ..view.words import count
from .desk import Db, Desk, desk, place
from .page import Json, say, show, table, tell

MARKS: Final[dict[str, tuple[str, Style]]] = {
    "add": ("+", "added"), "change": ("~", "deadline"), "remove": ("-", "removed"),
}  # fmt: skip


def init(db: Db = None) -> None:
    """Create the database, readable by you alone. One that is there already is left as it is."""
    with desk(db, create=True) as at:
        fresh = create(at)
        where = visible(str(Path(at.path).resolve()))
        say(
            f"Created {where}." if fresh else f"{where} is there already; nothing was changed.",
            "good" if fresh else "fact",
        )


def create(at: Desk) -> bool:
    """Make the file of the database private and bring it to the present schema; whether it was made."""
    fresh = not (os.path.exists(at.path) and os.path.getsize(at.path) > 0)
    if fresh:
        Path(at.path).parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(at.path, os.O_CREAT | os.O_RDWR, 0o600))
    at.backend.archive.size()
    return fresh


def apply(
    file: Annotated[str, typer.Argument(metavar="FILE", help="people.yaml; - reads it from stdin.")],
    prune: Annotated[bool, typer.Option("--prune", help="Remove those whom the file does not name.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    db: Db = None,
) -> None:
    """Bring the directory to what a file says, in one go. The first person ends solo mode."""
    with desk(db, create=True) as at:
        people = read_people(_read(file))
        if dry_run and not os.path.exists(at.path):
            raise UsageError(f"there is no database at {place(db)!a} yet: run `handrail init` first")
        create(at)
        roster.require_own_links(at.directory, people, prune=prune)
        _require_link(at, people, prune)
        _require_administrator(at)
        plan = roster.changes(at.directory, people, prune=prune)
        show(_planned(plan))
        if plan and not dry_run:
            who = at.who()
            commands = roster.commands(at.directory, plan)
            at.database.process.engine.together([Request(mint("cmd"), *one, who) for one in commands])
        say(_summary(plan, dry_run), "good" if plan and not dry_run else "fact")


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{file!a} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file!a} is no UTF-8 text") from None


def _require_administrator(at: Desk) -> None:
    """Raise `NotAllowed` where there are administrators, and the person at the keyboard is none."""
    administrators = at.directory.administrators
    if administrators and at.who().id not in administrators:
        names = ", ".join(sorted(at.backend.name(one) for one in administrators))
        raise NotAllowed(f"only an administrator changes who is here: ask {names}")


def _require_link(at: Desk, people: tuple[PersonSpec, ...], prune: bool) -> None:
    """Raise `UsageError` where the person at the keyboard would lock themselves out."""
    user = os_user_name()
    if roster.unlinked(at.directory, people, user, prune=prune):
        raise UsageError(
            f"nobody would be linked to your OS user {user}, so you could change nothing here any more: add "
            f"`os_user: {user}` to a person (line {people[0].line} has the first)"
        )


def _planned(plan: list[roster.Change]) -> list[Line]:
    lines = []
    for change in plan:
        mark, style = MARKS[change.kind]
        what = f"  {visible(change.what)}" if change.what else ""
        lines.append(Line(style, f"{mark} {visible(change.handle)}{what}"))
    return lines


def _summary(plan: list[roster.Change], dry_run: bool) -> str:
    if not plan:
        return "The directory is as the file says; nothing was changed."
    kinds = {"add": "added", "change": "changed", "remove": "removed"}
    parts = [f"{number} {word}" for kind, word in kinds.items() if (number := sum(one.kind == kind for one in plan))]
    return f"{', '.join(parts)}.{' Nothing was changed: this was a dry run.' if dry_run else ''}"


def list_people(json: Json = False, db: Db = None) -> None:
    """Everybody who may be asked, with their groups."""
    with desk(db) as at:
        directory = at.directory
        people = sorted(directory.people.values(), key=lambda one: roster.handle_of(directory, one))
        if json:
            tell({"solo": directory.solo, "people": [_json(at, one) for one in people]})
        elif directory.solo:
            say("Solo mode: you are the only person, in every group. To add people: handrail people apply people.yaml")
        else:
            head = ("HANDLE", "NAME", "OS USER", "ROLES", "GROUPS")
            show(table(head, [_row(at, one) for one in people], grows=4, spans={0: "title"}))
            say(count(len(people), "person", "people"), "muted")


def _row(at: Desk, one: Person) -> tuple[str, ...]:
    profile = roster.profile(at.directory, one.id)
    groups = " ".join(roster.group_name(at.directory, group) for group in one.groups)
    name, os_user = str(profile.get("name") or "[erased]"), str(profile.get("os_user") or "")
    return tuple(map(visible, (roster.handle_of(at.directory, one), name, os_user, " ".join(one.roles), groups)))


def _json(at: Desk, one: Person) -> dict[str, object]:
    profile = roster.profile(at.directory, one.id)
    return {
        "id": one.id, "handle": profile.get("handle"), "name": profile.get("name"), "os_user": profile.get("os_user"),
        "groups": [roster.group_name(at.directory, group) for group in one.groups], "roles": list(one.roles),
    }  # fmt: skip
