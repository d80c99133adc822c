"""The routes with which somebody new begins: the demo agent, and a snippet for an agent of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import Response

from ..engine.roster import handle_of
from ..principal import SOLO_ID
from .exchange import Exchange, answer
from .lives import Handler

APPROVAL: Final = """\
import handrail

rail = handrail.connect("{origin}", reviewers="{who}")


@rail.approval(name="greetings.send", within="15m", risk="low")
def send(to: str, words: str) -> str:
    return f"sent to {{to}}: {{words}}"


print(send("the world", "hello"))
"""
QUESTION: Final = """\
import handrail

rail = handrail.connect("{origin}", reviewers="{who}")

# Whoever made an agent's key does not approve what it does, but may answer its questions.
print(rail.ask("Shall we begin?", options=["yes", "not yet"], within="15m"))
"""
"""For an administrator, who follows the steps and so makes the key."""
BY_ADMINISTRATOR: Final = (
    "pip install handrail",
    "handrail login {origin}",
    "export HANDRAIL_KEY=$(handrail keys create my-agent --db {origin})",
    "python agent.py",
)
BY_OTHERS: Final = (
    "pip install handrail",
    "# An administrator gives you a key: handrail keys create my-agent --db {origin}",
    "export HANDRAIL_KEY=hrk_…",
    "python agent.py",
)
"""Lines for a shell, in order; the snippet is agent.py."""


async def get_trial(exchange: Exchange) -> Response:
    """Whether the demo agent is at work, and how to begin an agent of one's own."""
    service, origin = exchange.service, exchange.service.settings.origin
    makes_keys = "administer" in exchange.who.permissions
    return answer({
        "running": service.trials.running(exchange.who.tenant),
        "snippet": (QUESTION if makes_keys else APPROVAL).format(origin=origin, who=_handle(exchange)),
        "steps": [step.format(origin=origin) for step in (BY_ADMINISTRATOR if makes_keys else BY_OTHERS)],
    })  # fmt: skip


async def start_trial(exchange: Exchange) -> Response:
    """Set the demo agent to work for the person who asks."""
    found = await exchange.service.trials.start(exchange.who.tenant, _handle(exchange))
    return answer({"id": found}, 201)


def _handle(exchange: Exchange) -> str:
    """What rules and code call the person who asks."""
    directory = exchange.service.accounts.directory(exchange.who.tenant)
    known = directory.people.get(exchange.who.principal.id)
    return handle_of(directory, known) if known else SOLO_ID


HANDLERS: Final[Mapping[str, Handler]] = {"get_trial": get_trial, "start_trial": start_trial}
