"""`handrail keys`: what lets agents in at a server. A secret is printed once, alone on stdout."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ..backend import Answer
from ..errors import NotFound
from ..view.escape import visible
from ..view.words import listed
from . import gist
from .desk import AmbiguousId, Db, Desk, desk
from .page import Json, say, show, table, tell

WhichKey = Annotated[str, typer.Argument(metavar="KEY", help="The id of a key, or enough of it.")]
Agent = Annotated[str, typer.Argument(metavar="AGENT", help="The name of the program.")]
Owner = Annotated[
    str | None, typer.Option("--owner", metavar="HANDLE", help="Who answers for a new agent [default: you].")
]


def list_keys(
    everything: Annotated[bool, typer.Option("--all", help="Also keys that ended.")] = False,
    json: Json = False,
    db: Db = None,
) -> None:
    """Agents' keys: what each may do, when it was last used, when it ends."""
    with desk(db) as at:
        found = [one for one in at.site.office.list_keys() if everything or _opens(at, one)]
        if json:
            tell({"keys": found})
        elif found:
            head = ("KEY", "AGENT", "LABEL", "MAY", "LAST USED", "ENDS")
            show(table(head, [_row(at, one) for one in found], grows=2, spans={0: "title"}))
        else:
            say("No agent has a key. To give one: handrail keys create AGENT")


def _opens(at: Desk, key: Answer) -> bool:
    return key["status"] == "present" and (key["until"] is None or key["until"] > at.now())


def _row(at: Desk, key: Answer) -> tuple[str, ...]:
    unused = "not kept" if key["status"] == "removed" else "never"
    used = gist.at(at, key["last_use"]) if key["last_use"] else unused
    ends = "never" if key["until"] is None else gist.at(at, key["until"])
    ends = ends if _opens(at, key) else "ended"
    agent, label = str(key["agent_name"] or key["agent"]), str(key["label"] or "")
    return gist.short(key["id"]), visible(agent), visible(label), " ".join(key["scopes"]), used, ends


def create(
    agent: Agent,
    owner: Owner = None,
    scope: Annotated[
        list[str] | None,
        typer.Option(
            "--scope",
            metavar="SCOPE",
            help="propose; execute, for a worker that runs the actions of others; learn, to read what people decided "
            "about all agents of its owner [default: propose].",
        ),
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", metavar="TIME", help="When it ends, such as 90d [default: never].")
    ] = None,
    label: Annotated[str | None, typer.Option("--label", metavar="TEXT", help="What it is for.")] = None,
    db: Db = None,
) -> None:
    """Give an agent a key, and print it. An agent of a new name becomes known.

    Nothing but the key is on stdout: KEY=$(handrail keys create support)
    """
    with desk(db) as at:
        made = at.site.office.create_key(agent, owner, scope or None, expires, label)
        _printed(at, made, agent)


def rotate(
    key: WhichKey,
    overlap: Annotated[
        str | None, typer.Option("--overlap", metavar="TIME", help="How long the old one still opens [default: 1d].")
    ] = None,
    db: Db = None,
) -> None:
    """Print a new key for an old one's agent. The old one ends after a day, or --overlap."""
    with desk(db) as at:
        old = _found(at, key)
        made = at.site.office.rotate_key(old["id"], overlap)
        _printed(at, made, str(old["agent_name"] or old["agent"]))
        say(f"{gist.short(old['id'])} ends in {overlap or '1d'}.", "muted", stream=sys.stderr)


def _printed(at: Desk, made: Answer, agent: str) -> None:
    ends = "does not end by itself" if made["until"] is None else f"ends at {gist.at(at, made['until'])}"
    may = listed(list(made["scopes"]))
    say(f"{gist.short(made['id'])} lets {visible(agent)} in to {may}; it {ends}. It is shown this once:", "good",
        stream=sys.stderr)  # fmt: skip
    print(made["secret"], flush=True)
    say(_barred(at, made["agent"], visible(agent)), "muted", stream=sys.stderr)


def _barred(at: Desk, agent: str, name: str) -> str:
    """Who decides nothing that the agent asks from now on."""
    if at.directory.solo:
        return f"While you are alone here, you decide what {name} asks."
    owner = gist.name(at, at.directory.agents[agent].owner)
    if owner == gist.name(at, at.who().id):
        return f"You answer for {name} and have seen its key, so you decide nothing that it asks; others do."
    return f"{owner} answers for {name}, and you have seen its key: neither of you decides what it asks; others do."


def remove(key: WhichKey, db: Db = None) -> None:
    """End a key now."""
    with desk(db) as at:
        found = _found(at, key)
        at.site.office.remove_key(found["id"])
        agent = visible(str(found["agent_name"] or found["agent"]))
        say(f"{gist.short(found['id'])} of {agent} opens nothing any more.", "good")


def _found(at: Desk, given: str) -> Answer:
    """The key whose id begins so. Raises `NotFound` and `AmbiguousId`."""
    start = given.strip().lower()
    start = start if start.startswith("key_") else f"key_{start}"
    found = [one for one in at.site.office.list_keys() if one["id"].startswith(start)]
    if not found:
        raise NotFound(f"no key begins with {given[:40]!a}: list them with `handrail keys list`")
    if len(found) > 1:
        raise AmbiguousId(f"{given[:40]!a} is the beginning of several keys: write more of it")
    return found[0]
