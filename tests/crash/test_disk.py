"""A disk that is full or fails at any byte, under load: nothing is acknowledged that is not kept, people can go on
reading, and once there is room everything works again without a restart."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path
from typing import Final

from handrail.action.commands import Settle, Start, Withdraw
from handrail.backend import Answer
from handrail.errors import Unavailable
from handrail.ids import mint
from handrail.review.commands import Decide
from handrail.view.model import folds
from tests.crash import ledger
from tests.crash.disk import Disk
from tests.crash.places import Place, place
from tests.crash.test_points import PROCESSES, check
from tests.engine.kit import Desk, proposal
from tests.night import by_night, longer_by_night

EXECUTOR: Final = "exe_1"
BEFORE_IT_FAILS: Final = 200
"""Steps after which the disk must have failed."""


class Load:
    """One process that goes on with whatever waits, chosen at random, on a disk that fails."""

    def __init__(self, at: Place, seed: int) -> None:
        self.random = random.Random(seed)
        self.disk = Disk()
        self.files = self.disk.insert()
        self.ledger = ledger.Ledger(at.folder)
        self.desk = Desk(at.address)
        self.open: list[str] = []
        self.send(mint("act"), proposal())

    def send(self, subject: str, command: object, name: str = "") -> Answer:
        """One command, and what it was told."""
        name = name or mint("cmd")
        who = self.desk.person if isinstance(command, Decide) else self.desk.agent
        answer = who.call(subject, command, command_id=name)
        self.ledger.note("told", name, answer)
        if answer["id"].startswith("act_") and answer["status"] in ("held", "cleared", "started"):
            self.open.append(answer["id"])
        elif "action" in answer and answer["action_status"] == "cleared":
            self.open.append(answer["action"])
        return answer

    def next(self) -> tuple[str, object]:
        """What may happen next, to an action that is taken off the list."""
        if not self.open or self.random.random() < 0.4:
            return mint("act"), proposal('{"n":"' + "x" * self.random.choice((1, 3000, 60_000)) + '"}')
        action = self.open.pop(self.random.randrange(len(self.open)))
        state = self.desk.action(action)
        match state.status:
            case "held":
                assert state.review is not None
                outcome = self.random.choice(("approve", "approve", "reject"))
                shown = self.desk.person.review(state.review)
                return state.review, Decide(outcome, shown.state.view, seen=folds(shown.view) or ())  # type: ignore[arg-type]
            case "cleared" if self.random.random() < 0.2:
                return action, Withdraw()
            case "cleared":
                return action, Start(EXECUTOR, state.bind)
            case _:
                return action, Settle(EXECUTOR, state.fence, "succeeded", {"value": 1})

    def break_(self) -> None:
        """Let the disk fail soon: no room, or a sync that fails."""
        if self.random.random() < 0.7:
            self.disk.room = self.random.randrange(200_000)
        else:
            self.disk.syncs = self.random.randrange(8)

    def point(self) -> None:
        """The disk fails at some command; the same command is accepted once it is mended."""
        self.break_()
        subject, command, name = self.refused()
        assert self.disk.refused, "refused, and the disk was well"
        self.look()
        self.disk.mend()
        self.disk.refused = 0
        self.send(subject, command, name)

    def refused(self) -> tuple[str, object, str]:
        """Go on until a command is not accepted."""
        for _ in range(BEFORE_IT_FAILS):
            name, (subject, command) = mint("cmd"), self.next()
            try:
                self.send(subject, command, name)
            except Unavailable:
                return subject, command, name
        raise AssertionError("it never failed")

    def look(self) -> None:
        """What was acknowledged can be read meanwhile, and what needs room is refused."""
        assert self.desk.agent.newest("action", limit=5)
        self.desk.agent.waiting(limit=1)
        if self.disk.room is not None:
            with contextlib.suppress(Unavailable):
                self.desk.agent.call(mint("act"), proposal('{"n":"' + "y" * 300_000 + '"}'))
                raise AssertionError("what there was no room for was accepted")


def live(at: Place, seed: int, points: int) -> None:
    """A process that meets so many failures."""
    load = Load(at, seed)
    for _ in range(points):
        load.point()
    load.desk.close()
    load.ledger.note("points", points)
    load.files.unregister()


@longer_by_night
def test_a_disk_that_fails_at_any_byte_loses_nothing_and_passes(tmp_path: Path, seed: int):
    points = by_night(400, 12)
    print(f"seed {seed}, {points} failures")
    with place("sqlite", tmp_path) as at:
        process = PROCESSES.Process(target=live, args=(at, seed, points))
        process.start()
        process.join()
        assert process.exitcode == 0
        books = check(at)
    assert ledger.read(tmp_path, "points") == [[points]]
    kept = {one for one in books.states if one.startswith("act_")}
    told = [answer["id"] for _, answer in ledger.read(tmp_path, "told")]
    assert kept == {one for one in told if one.startswith("act_")}
