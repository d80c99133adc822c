"""The routes with which somebody new begins: the demo agent, and a snippet for an agent of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import Response

from ..engine.roster import handle_of
from ..principal import SOLO_ID
from .exchange import Exchange, answer
from .lives import Handler

SNIPPET: Final = """\
import handrail

rail = handrail.connect("{origin}", reviewers="{who}")


@rail.approval(name="greetings.send", within="15m", risk="low")
def send(to: str, words: str) -> str:
    return f"sent to {{to}}: {{words}}"


print(send("the world", "hello"))
"""
STEPS: Final = (
    "pip install handrail",
    "handrail login {origin}",
    "export HANDRAIL_KEY=$(handrail keys create my-agent --db {origin})",
    "python agent.py",
)
"""In the order in which they are typed; the snippet is agent.py, and the key is an administrator's to make."""


async def get_trial(exchange: Exchange) -> Response:
    """Whether the demo agent is at work, and how to begin an agent of one's own."""
    service, origin = exchange.service, exchange.service.settings.origin
    return answer({
        "running": service.trials.running(exchange.who.tenant),
        "snippet": SNIPPET.format(origin=origin, who=_handle(exchange)),
        "steps": [step.format(origin=origin) for step in STEPS],
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
