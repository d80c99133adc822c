"""A life in which a ladder is climbed and people are told by real mail, on a clock that stands still in between."""

from __future__ import annotations

from typing import Final

from handrail.action.commands import Propose
from handrail.clock import SECOND
from handrail.directory.commands import PutGroup, PutPerson
from handrail.directory.telling import Tell, Telling, telling_text
from handrail.embedded import Database, Embedded, solo_person
from handrail.engine.archive import Archive
from handrail.engine.request import Request, Tick
from handrail.ids import mint
from handrail.notify.channels.smtp import Mail, MailServer
from handrail.notify.sender import Sender
from handrail.policy.declaration import Declaration
from handrail.principal import SYSTEM, agent
from handrail.server.told import Told
from tests.crash.clock import SharedClock
from tests.crash.places import Place
from tests.notify.mailbox import HOST

RUNGS: Final = (("group:team", 300), ("user:cfo", 300), ("user:ceo", 300))
"""Who is asked, and for how many seconds."""
REMIND: Final = 120
STEPS: Final = (0, 120, 240, 300, 600, 900)
"""The seconds at which something is due: asked, reminded, reminded, escalated, escalated, over."""
PEOPLE: Final = {"ann": ("team",), "ben": ("team",), "cfo": (), "ceo": ()}


def climb(at: Place, clock: SharedClock, born: int, port: int) -> None:
    """From wherever an earlier life got, up to the end."""
    database = Database(at.address, clock)
    _employ(database)
    answer = Embedded(database, lambda _: agent("agt_bot", "osu_owner")).call("act_1", _asked(), command_id="cmd_ask")
    archive = Archive(lambda: database.process)
    told = Told(archive, "https://hand.rail", clock.now)
    mail = Mail(MailServer(HOST, port, "handrail@example.com", "none"))
    sender = Sender(database.process.store, "mail", mail, lambda _: told, clock.now, mint("srv"))
    for step in STEPS:
        if clock.now() < (then := born + step * SECOND):
            clock.advance((then - clock.now()) / SECOND)
        database.process.engine.call(Request(mint("cmd"), answer["review"], Tick(), SYSTEM))
        while (due := sender.turn()) is not None:
            clock.advance(max(due - clock.now(), 0) / SECOND)
    database.close()


def _employ(database: Database) -> None:
    boss, names = Embedded(database, solo_person), database.process.engine.names("default")
    if not boss.archive.directory().solo:
        return
    group = names.group("team")
    commands: list[tuple[str, object]] = [(group, PutGroup(names.look_up("group", "team"), "group:team"))]
    for one, groups in PEOPLE.items():
        telling = telling_text(Telling((Tell("mail", f"{one}@example.com"),)))
        put = PutPerson(
            names.look_up("user", one), None, tuple(map(names.group, groups)), f"user:{one}", one, telling=telling
        )
        commands.append((f"usr_{one}", put))
    boss.together(commands)


def _asked() -> Propose:
    (first, within), *then = RUNGS
    declared = Declaration(
        reviewers=(first,), within=within * SECOND, remind=REMIND * SECOND,
        then=tuple((who, lasts * SECOND) for who, lasts in then),
    )  # fmt: skip
    return Propose("pay.wire", '{"n":1}', "sha256:0", "{}", declared)
