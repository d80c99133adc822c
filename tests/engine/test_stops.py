"""Stops over the real engine, on both stores: nothing in their scope begins, what waits ends, and who may lift them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handrail.action.commands import Claim, Propose, Reconcile, Settle, Start
from handrail.action.work import Function, Take
from handrail.backend import Answer
from handrail.clock import SECOND
from handrail.directory.commands import PutAgent, PutPerson, RemovePerson
from handrail.embedded import Embedded
from handrail.errors import HandrailError, InvalidValue, NotAllowed, NotFound, NotReady, RunStopped, StopInForce
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.policy.stops import MOST, Halt, Lift, Stop
from handrail.principal import Principal, agent, person
from handrail.run.commands import Open
from handrail.testing import FrozenClock

from .kit import Desk

WHY = "it refunds orders twice"
ALL = Halt("all", WHY)
PEOPLE = {
    "ann": ("reviewer", "pay"), "sue": ("supervisor", "ops"), "ada": ("administrator", "ops"),
    "abe": ("administrator", "ops"), "olga": ("reviewer", "ops"), "otto": ("reviewer", "pay"),
}  # fmt: skip


class Firm(Desk):
    """Sue supervises, Ada and Abe administer; Olga of operations answers for `one`, Otto of payments for `two`."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        self.names = self.engine.names("default")
        for name in PEOPLE:
            self.employ(name)
        self.one, self.two = self.program("one", "olga"), self.program("two", "otto")

    def employ(self, name: str) -> None:
        """Add a person with their role and group."""
        role, group = PEOPLE[name]
        put = PutPerson(
            self.names.look_up("user", name),
            None,
            (self.names.group(group),),
            f"user:{name}",
            name,
            roles=(role,),  # type: ignore[arg-type]
        )
        self.person.call(f"usr_{name}", put)

    def program(self, name: str, owner: str) -> Embedded:
        """An agent that somebody answers for, and that may execute."""
        who = agent(self.names.agent(name), f"usr_{owner}", executes=True)
        self.of("ada").call(who.id, PutAgent(f"usr_{owner}", name, owner))
        return Embedded(self.database, lambda _: who)

    def of(self, name: str) -> Embedded:
        """The backend of one person."""
        who: Principal = person(f"usr_{name}", "session")
        return Embedded(self.database, lambda _: who)

    def ask(self, by: Embedded | None = None, name: str = "pay.refund", *, runs: bool = True, **more: Any) -> Answer:
        """Propose an action that runs by itself, or that Ann decides."""
        declared = Declaration("exceptions" if runs else "approval", reviewers=("user:ann",))
        return (by or self.one).call(mint("act"), Propose(name, '{"n":1}', "sha256:0", "{}", declared, **more))

    def begin(self, action: Answer, by: Embedded | None = None) -> Answer:
        """Start an action."""
        return (by or self.one).call(action["id"], Start("exe_1", action["bind"]))

    def halt(self, command: Halt = ALL, by: str = "sue") -> str:
        """Make a stop."""
        made = mint("stp")
        self.of(by).call(made, command)
        return made

    def stop(self, one: str) -> Stop:
        """The stop as it is now."""
        found: Stop = self.archive_state(one)
        return found

    def swept(self, one: str) -> None:
        """Let the stop end all that waits, step by step."""
        assert isinstance(self.clock, FrozenClock)
        while self.stop(one).due_at is not None:
            self.clock.advance("1ms")
            self.tick(one)


BOTH = pytest.mark.parametrize("firm", ["sqlite", "postgres"], indirect=True)
"""Also by day on both; the others on PostgreSQL by night."""
SCOPES = [
    Halt("agent", WHY, "one"), Halt("tool", WHY, "pay.refund"), Halt("tool", WHY, "pay.*"),
    Halt("team", WHY, "group:ops"), ALL,
]  # fmt: skip
OTHERS = [Halt("agent", WHY, "two"), Halt("tool", WHY, "pay.refunds"), Halt("team", WHY, "group:pay")]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.nightly)])
def firm(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Firm]:
    path = str(request.getfixturevalue("postgres")) if request.param == "postgres" else str(tmp_path / "a.db")
    found = Firm(path)
    yield found
    found.close()


@BOTH
@pytest.mark.parametrize("command", SCOPES)
def test_nothing_in_the_scope_is_proposed_claimed_or_started(firm: Firm, command: Halt) -> None:
    waits, claimed = firm.ask(), firm.ask()
    firm.one.call(claimed["id"], Claim("exe_1"))
    one = firm.halt(command)
    with pytest.raises(StopInForce, match=WHY):
        firm.ask()
    for action in (waits, claimed):
        state = firm.action(action["id"])
        assert (state.status, state.reason) == ("refused", "stopped")
        assert firm.one.history(action["id"])[-1].data["stop"] == one
        assert firm.one.history(action["id"])[-1].texts == {"note": WHY}
        with pytest.raises(NotReady):
            firm.begin(action)
    assert [code for code, _ in firm.denials(firm.one.actor)] == ["stop_in_force"]


@pytest.mark.parametrize("command", OTHERS)
def test_what_is_not_in_the_scope_goes_on(firm: Firm, command: Halt) -> None:
    waits = firm.ask()
    firm.halt(command)
    assert firm.begin(waits)["status"] == "started"
    assert firm.begin(firm.ask())["status"] == "started"


def test_what_waits_for_people_ends_with_its_review(firm: Firm) -> None:
    held = firm.ask(runs=False)
    firm.halt(Halt("agent", WHY, "one"))
    assert firm.action(held["id"]).reason == "stopped"
    assert firm.review(held["review"]).status == "superseded"
    with pytest.raises(HandrailError):
        firm.decide(held["review"], who=firm.of("ann"))


@BOTH
def test_what_waits_ends_in_steps_and_starts_nowhere_meanwhile(firm: Firm) -> None:
    asked = [firm.ask() for _ in range(2 * MOST + 5)]
    other = firm.ask(firm.two)
    one = firm.halt(Halt("agent", WHY, "one"))
    left = [action for action in asked if firm.action(action["id"]).status == "cleared"]
    assert len(left) == MOST + 5
    assert firm.begin(left[0])["reason"] == "stopped"
    assert firm.one.call(left[1]["id"], Claim("exe_1"))["status"] == "refused"
    firm.swept(one)
    assert {firm.action(action["id"]).status for action in asked} == {"refused"}
    assert firm.stop(one).swept == len(asked) - 2
    assert firm.action(other["id"]).status == "cleared"
    assert firm.replayed(one) == firm.stop(one)


def test_an_approval_that_comes_before_the_sweep_lets_nothing_run(firm: Firm) -> None:
    held = sorted((firm.ask(runs=False) for _ in range(MOST + 1)), key=lambda one: one["id"])
    firm.halt()
    late = held[-1]
    assert firm.action(late["id"]).status == "held"
    firm.decide(late["review"], who=firm.of("ann"))
    assert firm.action(late["id"]).reason == "stopped"


def test_what_was_started_goes_on_and_is_not_tried_again(firm: Firm) -> None:
    done, again = firm.begin(firm.ask()), firm.begin(firm.ask())
    one = firm.halt()
    assert {state.id for state in firm.person.stops.one(one).begun} == {done["id"], again["id"]}
    firm.one.call(done["id"], Settle("exe_1", done["fence"], "succeeded"))
    firm.one.call(again["id"], Settle("exe_1", again["fence"], "failed", retry_in=SECOND, escalate=True))
    assert [firm.action(action["id"]).status for action in (done, again)] == ["succeeded", "failed"]
    assert firm.person.stops.one(one).begun == ()


def test_what_turns_out_not_to_have_happened_does_not_start_again(firm: Firm) -> None:
    lost = firm.begin(firm.ask(probe=True))
    firm.one.call(lost["id"], Settle("exe_1", lost["fence"], "unknown"))
    firm.halt()
    back = firm.one.call(lost["id"], Reconcile("not_happened", fence=firm.action(lost["id"]).fence))
    assert back["status"] == "cleared"
    assert firm.begin(back)["status"] == "refused"


def test_workers_take_nothing_of_the_scope(firm: Firm) -> None:
    for by in (firm.one, firm.two):
        for _ in range(MOST + 2):
            firm.ask(by, offered=True)
    firm.halt(Halt("agent", WHY, "one"))
    take = Take("exe_1", (Function("pay.refund", "sha256:0"),), 100)
    taken = firm.one.call(mint("wrk"), take)["items"]
    assert {firm.action(one["id"]).agent for one in taken} == {firm.two.actor.id}
    assert len(taken) == MOST + 2


@pytest.mark.parametrize(("command", "ends"), [(SCOPES[0], True), (SCOPES[1], False), (SCOPES[3], True), (ALL, True)])
def test_runs_of_the_scope_are_paused_or_stopped_and_none_begins(firm: Firm, command: Halt, ends: bool) -> None:
    firm.one.call("run_1", Open("one"))
    firm.two.call("run_2", Open("two"))
    firm.halt(command)
    assert firm.archive_state("run_1").status == ("paused" if ends else "running")
    assert firm.archive_state("run_2").status == ("paused" if command is ALL else "running")
    firm.halt(replace(command, runs="stop"))
    assert firm.archive_state("run_1").status == ("stopped" if ends else "running")
    if ends:
        assert firm.one.history("run_1")[-2].texts == {"note": WHY}
        with pytest.raises(RunStopped, match=WHY):
            firm.one.call("run_1", Open("one"))
        with pytest.raises(StopInForce, match=WHY):
            firm.one.call("run_3", Open("three"))


def test_runs_go_on_where_the_stop_says_so(firm: Firm) -> None:
    firm.one.call("run_1", Open("one"))
    firm.halt(Halt("all", WHY, runs="none"))
    assert firm.archive_state("run_1").status == "running"
    with pytest.raises(StopInForce):
        firm.ask(run="run_1")


@BOTH
def test_it_is_lifted_by_another_administrator(firm: Firm) -> None:
    refused, one = firm.ask(), firm.halt(by="ada")
    for name in ("ada", "sue", "ann", "olga"):
        with pytest.raises(NotAllowed):
            firm.of(name).call(one, Lift("fixed"))
    with pytest.raises(NotAllowed):
        firm.one.call(one, Lift("fixed"))
    with pytest.raises(StopInForce):
        firm.ask()
    firm.of("abe").call(one, Lift("fixed"))
    assert firm.begin(firm.ask())["status"] == "started"
    assert firm.action(refused["id"]).status == "refused", "what was refused meanwhile stays so"
    assert firm.types(one) == ["stop.halted", "stop.swept", "stop.lifted"]
    assert firm.replayed(one) == firm.stop(one)
    with pytest.raises(NotReady):
        firm.of("abe").call(one, Lift("again"))


def test_who_made_it_lifts_it_only_where_nobody_else_could(firm: Firm) -> None:
    one = firm.halt(by="ada")
    firm.of("ada").call("usr_abe", RemovePerson())
    firm.of("ada").call(one, Lift("nobody else is here"))
    assert firm.stop(one).status == "removed"


def test_one_lifted_stop_leaves_the_others_in_force(firm: Firm) -> None:
    first, second = firm.halt(SCOPES[0]), firm.halt(SCOPES[3])
    firm.of("ada").call(first, Lift("fixed"))
    with pytest.raises(StopInForce, match="team"):
        firm.ask()
    firm.of("ada").call(second, Lift("fixed"))
    assert firm.ask()["status"] == "cleared"


@pytest.mark.parametrize("name", ["sue", "ada", "olga"])
def test_supervisors_administrators_and_who_answers_for_an_agent_stop_it(firm: Firm, name: str) -> None:
    firm.halt(SCOPES[0], by=name)
    with pytest.raises(StopInForce):
        firm.ask()


@pytest.mark.parametrize(
    ("name", "command"), [("ann", SCOPES[0]), ("otto", SCOPES[0]), ("olga", ALL), ("olga", SCOPES[3])]
)
def test_nobody_else_does(firm: Firm, name: str, command: Halt) -> None:
    with pytest.raises(NotAllowed):
        firm.halt(command, by=name)
    with pytest.raises(NotAllowed):
        firm.one.call(mint("stp"), command)
    assert firm.ask()["status"] == "cleared"


@pytest.mark.parametrize(
    ("command", "error"),
    [
        (Halt("agent", WHY, "nobody"), NotFound), (Halt("team", WHY, "group:nobody"), NotFound),
        (Halt("team", WHY, "ops"), NotFound), (Halt("tool", WHY, "pay refund"), NotFound),
        (Halt("agent", WHY), InvalidValue), (Halt("all", WHY, "one"), InvalidValue), (Halt("all", " "), InvalidValue),
        (Halt("all", "x" * 2_001), InvalidValue),
    ],
)  # fmt: skip
def test_what_cannot_be_stopped(firm: Firm, command: Halt, error: type[HandrailError]) -> None:
    with pytest.raises(error):
        firm.halt(command)
    assert firm.ask()["status"] == "cleared"


def test_it_holds_for_who_joins_the_team_and_for_whose_owner_has_left(firm: Firm) -> None:
    firm.halt(Halt("team", WHY, "group:pay"))
    assert firm.ask()["status"] == "cleared"
    firm.of("ada").call("usr_olga", RemovePerson())
    with pytest.raises(StopInForce):
        firm.ask()


def test_in_solo_mode_the_one_person_stops_and_lifts(tmp_path: Path) -> None:
    desk = Desk(str(tmp_path / "a.db"))
    held, one = desk.propose(), mint("stp")
    desk.person.call(one, Halt("team", WHY, "group:any"))
    assert desk.action(held["id"]).reason == "stopped"
    with pytest.raises(StopInForce):
        desk.propose()
    desk.person.call(one, Lift("fixed"))
    assert desk.propose()["status"] == "held"
    desk.close()


def test_the_same_command_twice_makes_one_stop(firm: Firm) -> None:
    sent = mint("stp"), ALL
    first = firm.of("sue").call(*sent, command_id="cmd_1")
    assert firm.of("sue").call(*sent, command_id="cmd_1") == first
    assert firm.types(sent[0]) == ["stop.halted", "stop.swept"]


@BOTH
def test_what_another_process_stops_is_stopped_here(firm: Firm) -> None:
    waits, elsewhere = firm.ask(), Desk(firm.database.path)
    assert firm.begin(firm.ask())["status"] == "started", "nothing is stopped yet, and this process knows it"
    one = mint("stp")
    Embedded(elsewhere.database, lambda _: person("usr_sue", "session")).call(one, Halt("tool", WHY, "pay.*"))
    with pytest.raises(StopInForce):
        firm.ask()
    assert firm.action(waits["id"]).reason == "stopped"
    Embedded(elsewhere.database, lambda _: person("usr_ada", "session")).call(one, Lift("repaired"))
    assert firm.begin(firm.ask())["status"] == "started"
    elsewhere.close()
