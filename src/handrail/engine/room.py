"""How many actions of one agent, and of one owner's agents, may wait for people: counted where they begin to wait."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..action.model import Action
from ..errors import TooMany
from ..store.protocol import Reader

LATER: Final = 30
"""Seconds after which asking again is worth it."""


@dataclass(frozen=True, slots=True)
class Room:
    """The most that may wait of one agent, and of all agents of its owner."""

    agent: int
    owner: int


class Waiting:
    """What waits while one transaction decides: what was stored before it, and what it has added since.

    What it ends makes room for the next transaction, so that a bound is never passed.
    """

    def __init__(self, reader: Reader, tenant: str) -> None:
        self._reader: Final = reader
        self._tenant: Final = tenant
        self._agents: dict[str, int] = {}
        self._owners: dict[str, int] = {}

    def require(self, room: Room, action: Action, replaced: Action | None = None) -> None:
        """Count an action that begins to wait, maybe in the place of one that did. Raises `TooMany` without room."""
        agents, owners, tenant = self._agents, self._owners, self._tenant
        if action.agent not in agents:
            agents[action.agent] = self._reader.held(tenant, agent=action.agent)
        if action.owner not in owners:
            owners[action.owner] = self._reader.held(tenant, owner=action.owner)
        mine, owned = agents[action.agent] + 1, owners[action.owner] + 1
        if replaced is not None:
            mine, owned = mine - (replaced.agent == action.agent), owned - (replaced.owner == action.owner)
        _require(mine, room.agent, "this agent")
        _require(owned, room.owner, "this owner's agents")
        agents[action.agent], owners[action.owner] = mine, owned


def _require(waiting: int, most: int, whose: str) -> None:
    if waiting > most:
        raise TooMany(
            f"{most} actions of {whose} wait for people already: ask again when some are decided", retry_after=LATER
        )
