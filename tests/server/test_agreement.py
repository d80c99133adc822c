"""After any commands, the list, the rows that the stream told merged by `v`, and the states themselves agree."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import orjson
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from handrail.action.commands import Claim, Propose, Withdraw
from handrail.audit.entry import parse_entry
from handrail.embedded import Embedded
from handrail.engine.archive import Archive
from handrail.engine.inbox import Inbox
from handrail.engine.oversight import Oversight
from handrail.engine.sheet import Sheets, Viewer
from handrail.errors import HandrailError
from handrail.ids import mint
from handrail.principal import Principal, agent, person
from handrail.review import commands as c
from handrail.server.changes import TOPICS, Rooms, chosen, news
from handrail.testing import FrozenClock
from handrail.wire.bodies import command_of

from .company import Company

VERBS = (
    "propose", "claim", "release", "comment", "escalate", "approve", "approve", "approve", "edit", "reject", "revoke",
    "withdraw", "execute", "time", "read",
)  # fmt: skip
STEPS = st.lists(
    st.tuples(st.sampled_from(VERBS), st.integers(0, 5), st.sampled_from(["ann", "ben", "cfo"])), min_size=8,
    max_size=40,
)  # fmt: skip
DECLARED = {
    "pattern": "approval", "reviewers": ["group:treasury"], "within": "10m", "then": [["user:cfo", 600_000_000]],
    "quorum": [["any", 2]], "undo": "30s",
}  # fmt: skip


class Reader:
    """One who follows: the rows told so far, the newest of each review."""

    def __init__(self, archive: Archive) -> None:
        self._archive, self._rooms = archive, Rooms(Inbox(archive), Oversight(archive))
        self.rows: dict[str, dict[str, Any]] = {}
        self.position = -1

    def read(self) -> None:
        """Take what the log holds by now, as one batch."""
        with self._archive.read() as reader:
            entries = [parse_entry(one.entry) for one in reader.entries("default", after=self.position)]
            told = news(self._rooms, reader, entries, TOPICS)
        for chunk in chosen(told, TOPICS):
            fields = dict(line.split(": ", 1) for line in chunk.decode().splitlines() if line)
            if fields["event"] == "row":
                assert int(fields["id"]) > self.position, "one event for each review and batch, in order"
                self.position = int(fields["id"])
                row = json.loads(fields["data"])["row"]
                if row["v"] >= self.rows.get(row["id"], row)["v"]:
                    self.rows[row["id"]] = row
        self.position = entries[-1].i if entries else self.position


class World:
    """A company, what was asked in it, and one who follows."""

    def __init__(self) -> None:
        self.clock = FrozenClock()
        self.company = Company(":memory:", self.clock)
        self.people = {handle: self.company.person(handle, "treasury") for handle in ("ann", "ben")}
        self.people["cfo"] = self.company.person("cfo")
        self.company.key("bot")
        self.archive = Archive(lambda: self.company.database.process)
        self.reader, self.asked = Reader(self.archive), list[str]()
        for number in range(2):
            self.step("propose", number, "ann")

    def _as(self, who: Principal) -> Embedded:
        return Embedded(self.company.database, lambda _: who)

    def step(self, verb: str, number: int, handle: str) -> None:
        """Do one thing; what is refused changes nothing."""
        bot = agent(self.company.names.agent("bot"), "osu_owner")
        review = self.asked[number % len(self.asked)] if self.asked else ""
        if verb == "propose":
            declared = DECLARED if number % 2 else {**DECLARED, "quorum": [["any", 1]], "undo": 0}
            body = {"name": "a.b", "args": {"n": number}, "declared": declared, "risk": ["low", "high"][number % 2]}
            self.asked.append(self._as(bot).call(mint("act"), command_of(Propose, body))["review"])
        elif verb == "time":
            self.clock.advance(number * 60)
            self._tick()
        elif verb == "read":
            self.reader.read()
        elif verb in ("withdraw", "execute"):
            self._try(bot, self.archive.review(review).state.action, Withdraw() if verb == "withdraw" else Claim("w"))
        else:
            self._try(person(self.people[handle], "session"), review, self._command(verb, review, number))

    def _command(self, verb: str, review: str, number: int) -> Any:
        view = self.archive.review(review).state.view
        match verb:
            case "edit":
                return c.Decide("edit", view, args=json.dumps({"n": number + 10}, separators=(",", ":")))
            case "approve" | "reject":
                return c.Decide(verb, view, note="so")
            case "comment":
                return c.Comment("hm")
            case _:
                return {"claim": c.Claim, "release": c.Release, "escalate": c.Escalate, "revoke": c.Revoke}[verb]()

    def _try(self, who: Principal, subject: str, command: Any) -> None:
        with contextlib.suppress(HandrailError):
            self._as(who).call(subject, command)

    def refused(self, who: Principal, review: str) -> str | None:
        """The code with which an approval is refused."""
        try:
            self._as(who).call(review, c.Decide("approve", self.archive.review(review).state.view))
        except HandrailError as error:
            return error.code
        return None

    def _tick(self) -> None:
        """What is due happens, as the keeper would do it."""
        for review in self.asked:
            self._try(person(self.people["ann"], "session"), review, c.Release())

    def check(self) -> None:
        """The list, the stream and the states say the same."""
        self.reader.read()
        inbox = Inbox(self.archive)
        listed = {one["id"]: one for ended in (False, True) for one in _pages(inbox, ended=ended)}
        assert listed.keys() == set(self.asked)
        told = {id_: {**row, "v": 0} for id_, row in self.reader.rows.items()}
        assert told == {id_: {**row, "v": 0} for id_, row in listed.items()}
        for id_, row in listed.items():
            state = self.archive.review(id_)
            assert (row["rev"], row["status"], row["round"]) == (state.state.rev, state.state.status, state.state.round)
            assert row["action_status"] == state.action.state.status
            assert [one["id"] for one in row["votes"]] == [vote.by for vote in state.state.votes]
            assert (row["decision"] or {}).get("outcome") == (state.decision and state.decision.outcome)
        assert inbox.page(None, 1).open == sum(row["status"] in ("open", "claimed") for row in listed.values())


def _pages(inbox: Inbox, *, ended: bool) -> list[dict[str, Any]]:

    found: list[Any] = []
    after: str | None = None
    while True:
        page = inbox.page(after, 2, ended=ended)
        found += orjson.loads(orjson.dumps(page.rows))
        after = page.next
        if after is None:
            return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
@example([("approve", 0, "ann"), ("read", 0, "ann"), ("execute", 0, "ann")])
def test_the_list_the_stream_and_the_states_agree_after_any_commands(
    steps: list[tuple[str, int, str]],
) -> None:
    world = World()
    try:
        for step in steps:
            world.step(*step)
        world.check()
    finally:
        world.company.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
@example([("approve", 1, "ann")])
def test_the_page_refuses_exactly_whom_a_decision_refuses(steps: list[tuple[str, int, str]]) -> None:
    """In every state of a review, for everybody: what the page says beforehand is what trying to agree says."""
    world = World()
    try:
        for step in steps:
            world.step(*step)
        world.step("time", 0, "ann")
        for review in world.asked[1:]:
            for one in world.people.values():
                who = person(one, "session")
                told = Sheets(world.archive).page(review, Viewer(who, frozenset({"decide"}), world.clock.now()))
                assert (told.refusal is None) == bool(told.choices)
                expected = "already_decided" if told.voted else None
                assert (told.refusal.code if told.refusal else expected) == world.refused(who, review)
    finally:
        world.company.close()
