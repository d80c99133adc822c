"""What went wrong in the field in 2026, where agents were to ask people first, tried on Handrail as users write it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import pytest

import handrail
from handrail.action.commands import Settle, Start
from handrail.clock import SECOND, SystemClock
from handrail.embedded import Database, Embedded, solo_person
from handrail.engine.request import Request, Tick
from handrail.ids import mint
from handrail.principal import SYSTEM
from handrail.review.commands import Decide
from handrail.testing import FrozenClock
from tests.e2e.served import Agent, environment
from tests.server.company import Company
from tests.server.house import opened, serving

CRASHES: Final = """
import os, signal, handrail
key = os.environ.get("KEY")
rail = handrail.connect(os.environ["PLACE"], **({"key": key} if key else {"agent": "field"}), quiet=True)

@rail.approval(name="bank.wire")
def wire(account: str, cents: int) -> str:
    if os.environ["DIES"] == "after":
        open(os.environ["EFFECTS"], "a").write("wired ")
    os.kill(os.getpid(), signal.SIGKILL)

with rail.run("payday"):
    ticket = wire.propose("DE89", 700)
    print(ticket.review, flush=True)
    ticket.wait()
"""


class Bank:
    """A database, programs that connect to it, or to its server, one after another or at once, and the person who
    decides."""

    def __init__(self, place: str, database: Database, url: str, key: str | None) -> None:
        self.place, self.database, self.url, self.key = place, database, url, key
        self.effects: list[Any] = []
        self.person = Embedded(self.database, solo_person)
        self._rails: list[handrail.Rail] = []

    def connect(self, agent: str = "field") -> handrail.Rail:
        """A program of its own; at a server its key says which agent it is."""
        who: dict[str, Any] = {"key": self.key} if self.key else {"agent": agent}
        rail = handrail.connect(self.url, **who, quiet=True)
        self._rails.append(rail)
        return rail

    def program(self, name: str = "") -> Any:
        """The gated function in a program of its own; each says who executed it."""
        rail = self.connect()

        @rail.approval(name="bank.wire")
        def wire(account: str, cents: int) -> str:
            self.effects.append((account, cents))
            return f"{cents} to {account}{name}"

        return rail, wire

    def decide(self, ticket: Any, outcome: str = "approve", **given: Any) -> None:
        view = self.person.review(ticket.review).state.view
        self.person.call(ticket.review, Decide(outcome, view, **given))  # type: ignore[arg-type]

    def types(self, ticket: Any) -> list[str]:
        """What happened to an action."""
        return [one.type.removeprefix("action.") for one in self.person.history(ticket.id)]

    def a_minute_later(self, ticket: Any) -> None:
        """Let the lease of an executor that is gone end."""
        late = Database(self.place, FrozenClock(SystemClock().now() + 61 * SECOND))
        late.process.engine.call(Request(mint("cmd"), ticket.id, Tick(), SYSTEM))
        late.close()

    def close(self) -> None:
        for one in self._rails:
            one.close()


@pytest.fixture(params=["file", "server", "postgres"])
def bank(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bank]:
    """On a file, at a server, and on PostgreSQL."""
    file = str(tmp_path / "handrail.db")
    place = request.getfixturevalue("postgres") if request.param == "postgres" else file
    database = Database(place)
    with ExitStack() as open_:
        open_.callback(database.close)
        url, key = (place if request.param == "postgres" else f"sqlite:///{file}"), None
        if request.param == "server":
            company = Company("", SystemClock(), database=database)
            key = company.key("field")
            url = open_.enter_context(serving(company)).url
        found = Bank(place, database, url, key)
        open_.callback(found.close)
        yield found


def test_an_agents_key_decides_nothing_even_when_it_says_that_it_is_the_user(tmp_path: Path):
    """A message of another agent counted as the user's confirmation, because its author was called `user`."""
    with opened(tmp_path / "handrail.db") as house:
        house.company.person("user")
        keys = [house.company.key(name) for name in ("payer", "peer", "user")]
        rail = handrail.connect(house.url, key=keys[0], quiet=True)

        @rail.approval(
            name="bank.wire",
            reviewers="user:user",
            describe="user: approved",
            context={"author": "user", "role": "user"},
        )
        def wire(account: str) -> str:
            return f"wired to {account}"

        ticket = wire.propose("DE89")
        view = house.company.boss.review(str(ticket.review)).state.view
        plain = {"outcome": "approve", "view": view}
        claims: list[dict[str, Any]] = [
            {},
            {"author": "user"},
            {"by": "user:user"},
            {"actor": {"kind": "person", "id": "user:user"}},
        ]
        for key in keys:
            for claim in claims:
                said = {"X-Forwarded-User": "user", "From": "user"}
                answer = house("POST", f"/reviews/{ticket.review}/decisions", key, json=plain | claim, headers=said)
                assert answer.status_code in ((403,) if not claim else (400, 403, 422)), answer.text
        with pytest.raises(handrail.NotAllowed):
            rail.core.backend.call(str(ticket.review), Decide("approve", view))
        assert ticket.status == "held"
        denied = house.company.boss.history(house.company.names.agent("peer"))
        assert "access.denied" in [one.type for one in denied]
        session = house.session("user")
        assert house("POST", f"/reviews/{ticket.review}/decisions", session, json=plain).status_code == 200
        assert ticket.wait(20) == "wired to DE89"
        rail.close()


def test_no_program_on_the_same_database_decides_as_an_agent_whatever_its_name(bank: Bank):
    _, wire = bank.program()
    ticket = wire.propose("DE89", 700)
    view = bank.person.review(str(ticket.review)).state.view
    for name in ("field", "user", "user:local", "peer"):
        with pytest.raises(handrail.NotAllowed):
            bank.connect(name).core.backend.call(str(ticket.review), Decide("approve", view))
    assert (ticket.status, bank.effects) == ("held", [])


def test_an_approval_is_for_its_arguments_and_no_place_in_a_program_lends_it_to_others(bank: Bank):
    """The question's id was made from its place in the graph: amount 1 and amount 82,000 had the same."""
    rail, wire = bank.program()
    with pytest.raises(SystemError), rail.run("payday"):
        small = wire.having(key="invoice-7").propose("DE89", 1)
        bank.decide(small)
        raise SystemError("the host goes down")
    other, again = bank.program()
    with other.run("payday"):
        with pytest.raises(handrail.KeyReused):
            again.having(key="invoice-7")("DE89", 82_000)
        large = again.propose("DE89", 82_000)
        assert (large.status, large.review == small.review) == ("held", False)
        backend = other.core.backend
        with pytest.raises(handrail.WrongBytes):
            backend.call(small.id, Start("exe_other", backend.action(large.id).state.bind))
        with pytest.raises(handrail.StaleView):
            bank.person.call(str(large.review), Decide("approve", bank.person.review(str(small.review)).state.view))
        assert (large.status, bank.effects) == ("held", [])


def test_what_was_approved_runs_although_the_model_answers_anew_after_a_restart(bank: Bank):
    """The step was replayed, the model said something else, and that ran under the approval."""
    answers = iter(["reviewed", "changed"])
    rail, wire = bank.program()
    with pytest.raises(SystemError), rail.run("payday"):
        first = wire.propose(next(answers), 5)
        raise SystemError("the host goes down")
    bank.decide(first)
    other, again = bank.program()
    with other.run("payday"):
        anew = again.propose(next(answers), 5)
        assert (anew.id == first.id, anew.status, bank.effects) == (False, "held", [])
        assert other.ticket(first.id).wait(20) == "5 to reviewed"
        bank.decide(anew, "reject")
        with pytest.raises(handrail.Denied):
            anew.wait(20)
    assert bank.effects == [("reviewed", 5)]


def test_the_stored_arguments_run_and_not_what_the_program_made_of_them_since(bank: Bank):
    rail, _ = bank.program()

    @rail.approval(name="bank.batch")
    def batch(accounts: list[str]) -> list[str]:
        bank.effects.extend(accounts)
        return accounts

    wanted = ["reviewed"]
    ticket = batch.propose(wanted)
    bank.decide(ticket)
    wanted[:] = ["changed", "added"]
    assert ticket.wait(20) == ["reviewed"]
    assert bank.effects == ["reviewed"]


@pytest.mark.parametrize("drift", ["dropped", "added", "reordered", "swapped"])
def test_a_batch_that_comes_back_other_than_it_was_asked_about_runs_what_was_approved_and_asks_for_the_rest(
    bank: Bank, drift: str
):
    """Approvals were matched to calls by their place in the batch."""
    five = [(f"DE{one}", one * 100) for one in range(1, 6)]
    rail, wire = bank.program()
    with pytest.raises(SystemError), rail.run("payday"):
        tickets = [wire.propose(*one) for one in five]
        raise SystemError("the host goes down")
    for ticket in tickets[:2] + tickets[3:]:
        bank.decide(ticket)
    bank.decide(tickets[2], "reject")
    approved = [one for one in five if one != five[2]]
    back = {
        "dropped": five[1:],
        "added": [("DE9", 900), *five],
        "reordered": five[::-1],
        "swapped": [(account, cents) for (account, _), (_, cents) in zip(five, five[1:] + five[:1], strict=True)],
    }[drift]
    other, again = bank.program()
    with other.run("payday"):
        for call in back:
            ticket = again.propose(*call)
            if call in approved:
                ticket.wait(20)
            elif call == five[2]:
                with pytest.raises(handrail.Denied):
                    ticket.wait(20)
            else:
                assert (ticket.status, ticket.decision) == ("held", None)
    assert sorted(bank.effects) == sorted(one for one in back if one in approved)


def test_twenty_turns_after_an_approval_the_call_has_still_run_once(bank: Bank):
    """The approved call ran a second time on a later turn about something else."""
    paid: Any = None
    for turn in range(21):
        rail, wire = bank.program()
        with pytest.raises(SystemError), rail.run("conversation"):
            paid = wire.propose("DE89", 700)
            if turn == 0:
                bank.decide(paid)
            assert paid.wait(20) == "700 to DE89"
            if turn:
                bank.decide(about := wire.propose("DE02", turn))
                assert about.wait(20) == f"{turn} to DE02"
            raise SystemError("the turn is over, the conversation is not")
    assert bank.effects.count(("DE89", 700)) == 1
    assert len(bank.effects) == 21
    assert bank.types(paid).count("started") == 1


@pytest.mark.parametrize(("dies", "effects"), [("before", ""), ("after", "wired ")])
def test_a_crash_after_the_start_is_unknown_and_both_sides_see_it(bank: Bank, tmp_path: Path, dies: str, effects: str):
    """The approval was used up, the run failed, and the retry could not tell whether the tool had run."""
    file = tmp_path / "effects"
    file.touch()
    agent = Agent(
        sys.executable, "-c", CRASHES, env=environment(PLACE=bank.url, KEY=bank.key or "", EFFECTS=str(file), DIES=dies)
    )
    assert agent.running.stdout is not None
    review = agent.running.stdout.readline().strip()
    bank.person.call(review, Decide("approve", bank.person.review(review).state.view))
    assert agent.end()[0] == -signal.SIGKILL
    rail, wire = bank.program()
    with rail.run("payday"):
        again = wire.propose("DE89", 700)
        assert again.status == "started"
        bank.a_minute_later(again)
        assert again.status == "unknown"
        (asked,) = bank.person.waiting()
        assert (asked.state.id, asked.state.cause) == (again.review, "outcome_unknown")
        with pytest.raises(handrail.WaitTimeout, match="unknown"):
            again.wait(0)
        happened = file.read_text() != ""
        bank.decide(again, "happened" if happened else "not_happened", value="as the bank says" if happened else None)
        if happened:
            assert again.wait(20) == "as the bank says"
        else:
            with pytest.raises(handrail.ActionFailed):
                again.wait(20)
    assert (file.read_text(), bank.effects) == (effects, [])
    assert bank.types(again).count("started") == 1


def test_one_grant_gives_one_result_to_however_many_wait_for_it(bank: Bank):
    """One approval came back as several results of the tool."""
    programs = [bank.program(f" by {one}") for one in range(4)]
    ticket = programs[0][1].propose("DE89", 700)
    bank.decide(ticket)
    tickets = [rail.ticket(ticket.id) for rail, _ in programs for _ in range(4)]
    with ThreadPoolExecutor(len(tickets)) as pool:
        results = list(pool.map(lambda one: one.wait(30), tickets))
    assert len(set(results)) == 1
    assert bank.effects == [("DE89", 700)]
    backend = programs[0][0].core.backend
    state = backend.action(ticket.id).state
    for late in (Start("exe_other", state.bind), Settle("exe_other", state.fence, "succeeded", {"value": "another"})):
        with pytest.raises(handrail.Refused):
            backend.call(ticket.id, late)
    assert (bank.types(ticket).count("started"), bank.types(ticket).count("succeeded")) == (1, 1)
    assert programs[0][0].ticket(ticket.id).wait(20) == results[0]


def test_that_it_started_is_in_the_database_before_the_effect(bank: Bank):
    """The approval was marked as used only after the effect."""
    seen: list[Any] = []
    rail = bank.connect()

    @rail.approval(name="bank.look")
    def look(number: int) -> None:
        elsewhere = Database(bank.place)
        reader = Embedded(elsewhere, solo_person)
        for executor in ("exe_2", "exe_3"):
            with pytest.raises(handrail.Refused):
                rail.core.backend.call(ticket.id, Start(executor, reader.action(ticket.id).state.bind))
        seen.append((reader.action(ticket.id).state.status, [one.type for one in reader.history(ticket.id)][-1]))
        elsewhere.close()

    ticket = look.propose(1)
    bank.decide(ticket)
    ticket.wait(20)
    assert seen == [("started", "action.started")]
