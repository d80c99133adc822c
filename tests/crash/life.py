"""One full cycle in a process of its own, which kills itself before its n-th SQL statement."""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from handrail.action.commands import Start
from handrail.clock import SECOND
from handrail.embedded import Embedded
from handrail.errors import AlreadyDecided
from handrail.testing import FrozenClock
from handrail.testing.clock import START
from tests.crash.ledger import Ledger
from tests.engine.kit import Desk, proposal

ACTION = "act_00000000000000000000000001"
ARGS = '{"token":"one"}'


@dataclass
class Fuse:
    """Counts the statements of every connection. `length` 0 never goes off."""

    length: int
    count: int = 0

    def __call__(self, connection: apsw.Connection) -> None:
        connection.trace_v2(apsw.SQLITE_TRACE_STMT, self.burn)

    def burn(self, _: Any) -> None:
        self.count += 1
        if self.count == self.length:
            os.kill(os.getpid(), signal.SIGKILL)


def live(folder: Path, later: int, fuse_length: int = 0) -> None:
    """Go through the cycle from wherever an earlier life left it. `later` counts those lives; each waits a lease."""
    fuse = Fuse(fuse_length)
    apsw.connection_hooks.append(fuse)
    ledger = Ledger(folder)
    desk = Desk(str(folder / "crash.db"), FrozenClock(START + later * 61 * SECOND))
    answer = desk.agent.call(ACTION, proposal(ARGS, key="one"), command_id=f"cmd_propose_{later}")
    ledger.note("proposed", answer["id"])
    _go_on(desk, ledger, answer)
    desk.close()
    ledger.note("statements", fuse.count)


def _go_on(desk: Desk, ledger: Ledger, answer: dict[str, Any]) -> None:
    desk.tick(answer["id"])
    if desk.look(answer["id"])["status"] == "held":
        _decide(desk, ledger, desk.person, answer["review"], "approve")
    if desk.look(answer["id"])["status"] == "cleared":
        started = desk.agent.call(answer["id"], Start("exe_1", desk.look(answer["id"])["bind"]))
        ledger.note("effect", desk.agent.granted(started["id"], started["bind"], started["fence"]))
        desk.settle(started, value=1)
        ledger.note("settled", answer["id"])
    if desk.look(answer["id"])["status"] == "unknown":
        _decide(desk, ledger, desk.person, desk.look(answer["id"])["review"], "happened")


def _decide(desk: Desk, ledger: Ledger, person: Embedded, review: str, outcome: str) -> None:
    try:
        told = desk.decide(review, outcome, person)
    except AlreadyDecided:
        return
    ledger.note("decided", review, told["outcome"])
