"""`handrail agents`: the programs that are known, and who answers for each."""

from __future__ import annotations

from typing import Annotated

import typer

from ..directory.model import Agent
from ..engine import roster
from ..errors import NotFound
from ..view.escape import visible
from ..view.words import count
from . import gist
from .desk import Db, Desk, desk
from .page import Json, say, show, table, tell

Name = Annotated[str, typer.Argument(metavar="AGENT", help="The name of the program.")]


def list_agents(json: Json = False, db: Db = None) -> None:
    """Agents that are known here, and who answers for each."""
    with desk(db) as at:
        found = sorted(at.directory.agents.values(), key=lambda one: _name(at, one))
        if json:
            tell({"agents": [_json(at, one) for one in found]})
        elif found:
            rows = [(visible(_name(at, one)), gist.name(at, one.owner), gist.short(one.id)) for one in found]
            show(table(("AGENT", "OWNER", "ID"), rows, grows=0, spans={0: "title"}))
            say(count(len(found), "agent"), "muted")
        else:
            say("No agent is known yet. To let one in: handrail keys create AGENT")


def put(
    agent: Name,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="HANDLE", help="Who answers for it from now on [default: you].")
    ] = None,
    db: Db = None,
) -> None:
    """Make an agent known, or change who answers for it: they may not decide what it asks from now on."""
    with desk(db) as at:
        at.site.office.put_agent(agent, owner)
    with desk(db) as at:
        say(f"{gist.name(at, _found(at, agent).owner)} answers for {visible(agent)}.", "good")


def remove(agent: Name, db: Db = None) -> None:
    """Take an agent out, and end its keys now. What it did stays in the log."""
    with desk(db) as at:
        found = _found(at, agent)
        ended = at.site.office.remove_agent(found.id)["keys"]
        say(f"{visible(agent)} is known no more; {count(ended, 'key')} of it ended.", "good")


def _found(at: Desk, given: str) -> Agent:
    """The agent of that name or id. Raises `NotFound`."""
    agents = at.directory.agents
    found = agents.get(given) or agents.get(at.directory.names.agent(given))
    if found is None:
        raise NotFound(f"no agent is called {given[:60]!a}: list them with `handrail agents list`")
    return found


def _name(at: Desk, agent: Agent) -> str:
    return str(roster.profile(at.directory, agent.id).get("name") or agent.id)


def _json(at: Desk, agent: Agent) -> dict[str, object]:
    owner = at.backend.name(agent.owner)
    return {"id": agent.id, "name": _name(at, agent), "owner": agent.owner, "owner_name": owner}
