"""Standing permissions over the real engine, on both stores: what they let run, for how long, and what ends them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.action.commands import Propose, Start, Withdraw
from handrail.backend import Answer
from handrail.clock import DAY, HOUR
from handrail.directory.commands import PutPerson
from handrail.embedded import Embedded, local_agent
from handrail.errors import HandrailError, InvalidValue, NotAllowed, NotFound, NotReady
from handrail.ids import derive, mint
from handrail.policy.declaration import Declaration
from handrail.policy.register import ID
from handrail.policy.standing import Revoke, Standing, Terms
from handrail.principal import agent, person
from handrail.run.commands import Open
from handrail.testing import FrozenClock

from .kit import Desk
from .test_policy import put

TEAM = ("group:team",)
PATHS = "paths: {team: {levels: [{ask: group:team, for: 1h}]}, cfo: {levels: [{ask: user:ben, for: 1h}]}}\n"
RULE = "rules: [{name: one, action: pay, pattern: approval, path: %s}]\n"


class Office(Desk):
    """Ann and Ben of the team, and Olga, who answers for the agent and is of the team, too."""

    def __init__(self, path: str) -> None:
        super().__init__(path)
        names = self.engine.names("default")
        for one, roles in (("ann", ("reviewer",)), ("ben", ("reviewer",)), ("olga", ("reviewer", "supervisor"))):
            self.person.call(
                f"usr_{one}",
                PutPerson(names.look_up("user", one), None, (names.group("team"),), one, one, roles=roles),  # type: ignore[arg-type]
            )
        self.ann, self.ben, self.olga = self.of("ann"), self.of("ben"), self.of("olga")
        self.agent = Embedded(self.database, lambda _: agent("agt_test", "usr_olga", executes=True))

    def of(self, name: str) -> Embedded:
        """The backend of one person."""
        return Embedded(self.database, lambda _: person(f"usr_{name}", "session"))

    def ask(self, args: str = '{"account":"DE1","cents":5}', by: Embedded | None = None, **given: Any) -> Answer:
        """Ask for a payment that can be undone."""
        declared = Declaration(reviewers=given.pop("reviewers", TEAM), quorum=given.pop("quorum", (("any", 1),)),
                               undo=given.pop("undo", 0))  # fmt: skip
        usual: dict[str, Any] = {"risk": "low", "reversible": True, "schema": "sha256:0", "name": "pay"}
        command = Propose(args=args, schema_text="{}", declared=declared, **(usual | given))
        return (by or self.agent).call(mint("act"), command)

    def give(self, who: Embedded | None = None, terms: Terms | None = None, **given: Any) -> str:
        """Approve a payment and the like of it; the permission's id."""
        review = self.ask(**given)["review"]
        self.decide(review, who=who or self.ann, standing=terms or Terms())
        return derive("std", review)

    def permission(self, one: str) -> Standing:
        """The permission as it is now."""
        found: Standing = self.archive_state(one)
        return found

    def later(self, by: str) -> None:
        """Let time pass."""
        assert isinstance(self.clock, FrozenClock)
        self.clock.advance(by)


@pytest.fixture(params=["sqlite", "postgres"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    path = str(request.getfixturevalue("postgres")) if request.param == "postgres" else str(tmp_path / "a.db")
    found = Office(path)
    yield found
    found.close()


def test_the_like_of_what_was_approved_runs_in_the_name_of_who_gave_it(office: Office) -> None:
    one = office.give()
    ran = office.ask()
    assert (ran["status"], ran["reason"]) == ("cleared", "standing")
    state = office.action(ran["id"])
    assert state.grant is not None
    assert (state.grant.by, state.rule) == (one, one)
    assert office.types(one) == ["standing.given", "standing.used"]
    assert office.permission(one).uses == 1
    assert office.replayed(one) == office.permission(one)
    (given, _) = office.ann.history(one)
    assert given.texts == {"values": {"account": "DE1", "cents": 5}}
    assert "DE1" not in str(given.data)


@pytest.mark.parametrize(
    "other",
    [
        {"args": '{"account":"DE2","cents":5}'}, {"args": '{"account":"DE1","cents":6}'},
        {"args": '{"account":"DE1"}'}, {"args": '{"account":"DE1","cents":5,"note":"x"}'},
        {"name": "pay.more"}, {"schema": "sha256:1"}, {"risk": "critical"}, {"reversible": False},
    ],
)  # fmt: skip
def test_what_is_not_the_like_is_asked_about(office: Office, other: dict[str, Any]) -> None:
    office.give()
    assert office.ask(**other)["status"] == "held"


def test_only_the_named_arguments_have_to_be_the_same(office: Office) -> None:
    office.give(terms=Terms(fixed=("account",)))
    assert office.ask('{"account":"DE1","cents":900}')["status"] == "cleared"
    assert office.ask('{"account":"DE1"}')["status"] == "cleared"
    assert office.ask('{"account":"DE2","cents":5}')["status"] == "held"
    assert office.ask('{"cents":5}')["status"] == "held"


def test_it_is_for_every_agent_of_one_owner(office: Office) -> None:
    office.give()
    another = Embedded(office.database, lambda _: agent("agt_other", "usr_olga"))
    stranger = Embedded(office.database, local_agent("stranger", None))
    assert office.ask(by=another)["status"] == "cleared"
    assert office.ask(by=stranger)["status"] == "held"


def test_it_ends_after_so_many_times(office: Office) -> None:
    one = office.give(terms=Terms(times=2))
    assert [office.ask()["status"] for _ in range(3)] == ["cleared", "cleared", "held"]
    assert office.types(one) == ["standing.given", "standing.used", "standing.used", "standing.ended"]
    assert office.permission(one).why == "used_up"


def test_it_ends_in_time_and_so_does_what_it_let_run(office: Office) -> None:
    one = office.give(terms=Terms(lasts=2 * HOUR))
    office.later("90m")
    late = office.ask()
    assert late["status"] == "cleared"
    grant = office.action(late["id"]).grant
    assert grant is not None
    assert grant.expires_at == office.permission(one).until
    office.later("30m")
    assert office.ask()["status"] == "held"
    office.tick(one)
    assert office.permission(one).why == "expired"


@pytest.mark.parametrize(
    ("terms", "given", "error"),
    [
        (Terms(lasts=90 * DAY + 1), {}, InvalidValue),
        (Terms(lasts=0), {}, InvalidValue),
        (Terms(times=0), {}, InvalidValue),
        (Terms(fixed=("acount",)), {}, InvalidValue),
        (Terms(), {"reversible": False}, NotAllowed),
        (Terms(), {"risk": "critical"}, NotAllowed),
        (Terms(), {"quorum": (("any", 2),)}, NotAllowed),
    ],
)  # fmt: skip
def test_what_cannot_be_given(office: Office, terms: Terms, given: dict[str, Any], error: type[HandrailError]) -> None:
    review = office.ask(**given)["review"]
    with pytest.raises(error):
        office.decide(review, who=office.ann, standing=terms)
    assert office.review(review).status == "open"


@pytest.mark.parametrize("outcome", ["reject", "send_back"])
def test_only_an_approval_gives_one(office: Office, outcome: str) -> None:
    review = office.ask()["review"]
    with pytest.raises(InvalidValue):
        office.decide(review, outcome, who=office.ann, standing=Terms())


def test_nobody_gives_one_to_their_own_agent(office: Office) -> None:
    review = office.ask()["review"]
    with pytest.raises(NotAllowed):
        office.decide(review, who=office.olga, standing=Terms())


def test_none_runs_what_its_giver_may_not_decide_any_more(office: Office) -> None:
    office.give()
    assert office.ask()["status"] == "cleared"
    office.olga.call("usr_ann", PutPerson("x", None, (), "ann", "ann"))
    assert office.ask()["status"] == "held"


@pytest.mark.parametrize(
    "stricter",
    [
        PATHS + RULE % "cfo",
        PATHS + RULE.replace("path:", "quorum: 2, path:") % "team",
        PATHS + RULE.replace("path:", "auth: [webauthn], path:") % "team",
        "rules: [{name: no, action: pay, verdict: deny}]\n",
    ],
)
def test_none_passes_a_policy_that_is_stricter_than_its_giver_could_satisfy(office: Office, stricter: str) -> None:
    office.give()
    assert office.ask()["status"] == "cleared"
    office.ann.call(ID, put(stricter))
    assert office.ask()["status"] == ("refused" if "deny" in stricter else "held")


def test_a_refused_intent_needs_a_decision_of_its_own(office: Office) -> None:
    office.give()
    office.agent.call("run_1", Open("t"))
    refused = office.ask(run="run_1", intent="empty", args='{"account":"DE9"}')
    office.decide(refused["review"], "reject", who=office.ann, note="no")
    again = office.ask(run="run_1", intent="empty")
    assert (again["status"], again["reason"]) == ("held", "intent_refused")


def test_a_limit_holds_for_what_runs_by_it(office: Office) -> None:
    limit = "limits: [{name: a, action: pay, sum: args.cents, within: 24h, at_most: 10}]\n"
    office.ann.call(ID, put("default_path: team\n" + PATHS + limit))
    one = office.give()
    assert office.ask()["status"] == "cleared"
    held = office.ask()
    assert (held["status"], held["reason"]) == ("held", "limit")
    assert office.permission(one).uses == 1


def test_it_counts_from_when_the_decision_takes_effect(office: Office) -> None:
    review = office.ask(undo=HOUR)["review"]
    office.decide(review, who=office.ann, standing=Terms())
    assert office.archive_state(derive("std", review)) is None
    assert office.ask()["status"] == "held"
    office.later("1h")
    office.tick(review)
    assert office.ask()["status"] == "cleared"


@pytest.mark.parametrize("who", ["ann", "olga"])
def test_who_gave_it_and_supervisors_take_it_back(office: Office, who: str) -> None:
    one, ran = office.give(), office.ask()
    office.of(who).call(one, Revoke())
    assert office.permission(one).why == "revoked"
    assert office.ask()["status"] == "held"
    held = office.agent.call(ran["id"], Start("exe_1", ran["bind"]))
    assert (held["status"], office.action(ran["id"]).reason) == ("held", "permission_revoked")
    office.decide(held["review"], who=office.ben)
    assert office.agent.call(ran["id"], Start("exe_1", ran["bind"]))["status"] == "started"
    with pytest.raises(NotReady):
        office.of(who).call(one, Revoke())


def test_nobody_else_takes_it_back(office: Office) -> None:
    one = office.give()
    for other in (office.ben, office.agent):
        with pytest.raises(NotAllowed):
            other.call(one, Revoke())
    with pytest.raises(NotFound):
        office.ann.call(mint("std"), Revoke())
    assert office.ask()["status"] == "cleared"


def test_what_was_used_stays_used(office: Office) -> None:
    one = office.give(terms=Terms(times=1))
    office.agent.call(office.ask()["id"], Withdraw())
    assert office.permission(one).why == "used_up"
    assert office.ask()["status"] == "held"
