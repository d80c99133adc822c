"""`handrail people` and `handrail init`: the database, who is in it, and how they come in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from ..directory.model import Person
from ..engine import roster
from ..errors import UnknownPerson, UsageError
from ..store.address import is_remote
from ..view.escape import visible
from ..view.lines import Line, Style
from ..view.words import count
from . import gist
from .desk import Db, Desk, desk, place
from .local import LocalSite
from .page import Json, say, show, table, tell
from .refusal import refused

MARKS: Final[dict[str, tuple[str, Style]]] = {
    "add": ("+", "added"), "change": ("~", "deadline"), "remove": ("-", "removed"),
}  # fmt: skip


def init(db: Db = None) -> None:
    """Create the database, readable by you alone. One that is there already is left as it is."""
    with refused():
        site = LocalSite(place(db))
        try:
            fresh = site.create()
        finally:
            site.close()
        where = visible(site.where if is_remote(site.path) else str(Path(site.path).resolve()))
        say(
            f"Created {where}." if fresh else f"{where} is there already; nothing was changed.",
            "good" if fresh else "fact",
        )


def apply(
    file: Annotated[str, typer.Argument(metavar="FILE", help="people.yaml; - reads it from stdin.")],
    prune: Annotated[bool, typer.Option("--prune", help="Remove those whom the file does not name.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
    db: Db = None,
) -> None:
    """Bring the directory to what a file says, in one go. The first person ends solo mode."""
    with desk(db, create=True) as at:
        plan = at.site.apply_people(_read(file), prune=prune, dry_run=dry_run)
        show(_planned(plan))
        say(_summary(plan, dry_run), "good" if plan and not dry_run else "fact")


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{file!a} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file!a} is no UTF-8 text") from None


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


Who = Annotated[str, typer.Argument(metavar="HANDLE", help="A handle, such as ann.")]


def invite(handle: Who, db: Db = None) -> None:
    """Print a secret with which somebody sets their password, once, within three days. Earlier ones end."""
    with desk(db) as at:
        found = person(at, handle)
        secret = at.site.office.invite(found)["secret"]
        who = gist.name(at, found)
        where = at.site.url or "URL"
        say(
            f"Give this to {who}, and to nobody else. It ends in three days, and with its first use:", stream=sys.stderr
        )
        print(secret)
        show([
            Line("muted", f"{who} then opens {where}/join in a browser,"),
            Line("muted", f"or runs: handrail login {where} --invitation"),
        ], sys.stderr)  # fmt: skip


def sign_out(handle: Who, db: Db = None) -> None:
    """End every session of somebody, in browsers and terminals."""
    with desk(db) as at:
        found = person(at, handle)
        ended = at.site.office.sign_out(found)["ended"]
        say(f"{count(ended, 'session')} of {gist.name(at, found)} ended.", "good")


def person(at: Desk, handle: str) -> str:
    """The id of the person with that handle. Raises `UnknownPerson`."""
    whole = handle if handle.startswith("user:") else f"user:{handle}"
    found = at.directory.resolve(whole)
    if found is None:
        raise UnknownPerson(f"{whole[:60]!a} is nobody here")
    return found
