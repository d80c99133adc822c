"""Who decides, by the directory as it stands in the database at that moment."""

from pathlib import Path

import pytest

from handrail.directory.commands import PutPerson
from handrail.embedded import Database, Embedded, os_user_name, solo_person
from handrail.errors import AlreadyDecided, NotAllowed
from handrail.policy.declaration import Declaration
from handrail.principal import Principal, person
from handrail.review.commands import Decide
from tests.engine.kit import Desk, proposal

ANN, OLGA = person("usr_ann", "session"), person("usr_olga", "session")


def employ(desk: Desk, who: Principal, os_user: str | None = None) -> Embedded:
    """Add a person to the team."""
    names = desk.engine.names("default")
    linked = names.os_user(os_user) if os_user else None
    put = PutPerson(names.look_up("user", who.id), linked, (names.group("team"),), who.id, who.id)
    desk.person.call(who.id, put)
    return Embedded(desk.database, lambda _: who)


def test_who_answers_for_the_agent_does_not_decide_its_actions() -> None:
    desk = Desk()
    ann, olga = employ(desk, ANN), employ(desk, OLGA, os_user_name())
    asked = proposal()
    declared = Declaration(reviewers=("group:team",))
    held = desk.agent.call("act_1", type(asked)("pay", asked.args, asked.schema, "{}", declared))
    with pytest.raises(NotAllowed, match="answers for its agent"):
        desk.decide(held["review"], who=olga)
    assert desk.look("act_1")["status"] == "held"
    desk.decide(held["review"], who=ann)
    assert desk.look("act_1")["status"] == "cleared"
    desk.close()


def test_two_processes_do_not_decide_the_same_review_twice(tmp_path: Path) -> None:
    desk = Desk(str(tmp_path / "a.db"))
    other = Database(desk.database.path, desk.clock)
    held = desk.propose()
    view = desk.review(held["review"]).view
    Embedded(other, solo_person).call(held["review"], Decide("reject", view))
    with pytest.raises(AlreadyDecided):
        desk.person.call(held["review"], Decide("approve", view))
    assert desk.look(held["id"])["reason"] == "rejected"
    other.close()
    desk.close()


def test_in_solo_mode_a_group_that_is_asked_is_called_by_its_name():
    desk = Desk()
    asked = desk.propose(reviewers=("group:treasury",))
    again = desk.propose(reviewers=("group:treasury",))
    group = desk.person.review(asked["review"]).state.demand.levels[0].ask[0]
    assert desk.person.name(group) == "group:treasury"
    assert [event.type for event in desk.person.history(group)] == ["group.added"]
    assert desk.person.review(again["review"]).state.demand.levels[0].ask == (group,)
    desk.close()
