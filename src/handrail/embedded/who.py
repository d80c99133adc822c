"""Who acts on a database of this machine: the program itself, or the one person of solo mode."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..directory.commands import PutAgent
from ..engine.reads import read_directory
from ..engine.request import DEFAULT_TENANT, Request
from ..ids import mint
from ..principal import SOLO_ID, Principal, agent, person

if TYPE_CHECKING:
    from . import Database


def local_agent(name: str, owner: str | None) -> Callable[[Database], Principal]:
    """The program itself, answered for by `owner` (`user:ann`) or the OS user; made known in the directory."""

    def introduce(database: Database) -> Principal:
        engine = database.process.engine
        names = engine.names(DEFAULT_TENANT)
        with engine.store.read() as reader:
            directory = read_directory(reader, DEFAULT_TENANT, names)
        os_user = os_user_name()
        owner_id = (directory.resolve(owner) if owner else None) or names.os_user(os_user)
        principal = agent(names.agent(name), owner_id, executes=True)
        if principal.id not in directory.agents:
            known = PutAgent(owner_id, name, owner or os_user)
            engine.call(Request(mint("cmd"), principal.id, known, principal))
        return principal

    return introduce


def solo_person(_: Database) -> Principal:
    """The one person of solo mode."""
    return person(SOLO_ID, "solo")


def os_user_name() -> str:
    """The name of the OS user, or its number where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return str(os.getuid())
