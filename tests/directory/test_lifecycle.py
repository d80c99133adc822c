"""Rows of the directory: present, removed, present again; changed by people alone."""

from dataclasses import replace
from typing import Any

import pytest

from handrail.directory import commands as c
from handrail.directory.lifecycle import ACCEPTS, Facts, decide
from handrail.directory.model import Agent, Group, Guest, Person
from handrail.errors import NotAllowed, NotFound, NotReady, UnknownPerson
from tests.heart.desk import ADMIN, ANN, BOB, BOT, Desk
from tests.heart.world import NAMES

PUT = c.PutPerson("hash", "osu_1", ("grp_1",), "ann", "Ann", "ann1")
CALL = c.PutAgent("osu_1", "bot", "olga")
GROUP = c.PutGroup("hash", "team")
DENY = c.Deny("late", "rev_1", "Decide", 3)
KEY = c.PutKey("agt_1", ("propose",), None, "first")
ACCOUNT: tuple[Any, ...] = ("invited", "password_set", "signed_out", "passkey_added", "passkey_removed")
OWN = ("password_set", "passkey_added", "passkey_removed")


def test_a_person_is_added_changed_removed_and_added_again() -> None:
    desk = Desk()
    assert desk.submit("usr_1", PUT, ADMIN) == ["PersonAdded"]
    assert desk.submit("usr_1", PUT, ADMIN) == ["PersonChanged"]
    assert desk.submit("usr_1", c.RemovePerson(), ADMIN) == ["PersonRemoved"]
    assert desk.submit("usr_1", PUT, ADMIN) == ["PersonAdded"]
    person = desk.world.states["usr_1"]
    assert isinstance(person, Person)
    assert (person.handle, person.os_user, person.groups) == ("hash", "osu_1", ("grp_1",))


def test_a_removed_person_is_in_no_group() -> None:
    desk = Desk(ann="team")
    desk.dismiss("ann")
    assert desk.world.directory.members(NAMES.group("team")) == frozenset()
    assert not desk.world.directory.solo


def test_nobody_is_removed_twice_or_unknown() -> None:
    desk = Desk(ann="team")
    desk.dismiss("ann")
    for subject in ("usr_ann", "usr_nobody"):
        with pytest.raises(UnknownPerson):
            desk.submit(subject, c.RemovePerson(), ADMIN)


@pytest.mark.parametrize("command", [PUT, c.RemovePerson()])
def test_an_agent_changes_no_people(command: object) -> None:
    with pytest.raises(NotAllowed):
        Desk(ann="team").submit("usr_ann", command, BOT)


ROTA = c.PutRota("group:team", {"shifts": [{"who": "user:ann", "from": 0, "to": 1}]})


def test_a_group_gets_a_rota_from_people_once_it_is_there() -> None:
    desk = Desk()
    with pytest.raises(NotFound):
        desk.submit("grp_1", ROTA, ADMIN)
    desk.submit("grp_1", GROUP, ADMIN)
    with pytest.raises(NotAllowed):
        desk.submit("grp_1", ROTA, BOT)
    assert desk.submit("grp_1", ROTA, ADMIN) == ["GroupChanged"]
    assert "user:ann" in str(desk.world.states["grp_1"].profile)  # type: ignore[union-attr]


def test_groups_and_agents_are_named_once() -> None:
    desk = Desk()
    assert desk.submit("grp_1", GROUP, ADMIN) == ["GroupAdded"]
    assert desk.submit("grp_1", GROUP, ADMIN) == []
    assert desk.submit("agt_1", CALL, BOT) == ["AgentAdded"]
    assert desk.submit("agt_1", CALL, BOT) == []
    assert isinstance(desk.world.states["grp_1"], Group)


def test_people_say_who_answers_for_an_agent_and_it_never_says_so_again_itself() -> None:
    desk = Desk()
    desk.submit("agt_1", CALL, BOT)
    assert desk.submit("agt_1", replace(CALL, owner="usr_2"), BOT) == []
    assert desk.submit("agt_1", replace(CALL, owner="usr_2"), ADMIN) == ["AgentChanged"]
    assert desk.submit("agt_1", replace(CALL, owner="usr_2"), ADMIN) == []
    assert desk.world.states["agt_1"].owner == "usr_2"  # type: ignore[union-attr]


def test_a_removed_agent_comes_back_by_a_person_alone() -> None:
    desk = Desk()
    desk.submit("agt_1", CALL, BOT)
    with pytest.raises(NotAllowed):
        desk.submit("agt_1", c.RemoveAgent(), BOT)
    assert desk.submit("agt_1", c.RemoveAgent(), ADMIN) == ["AgentRemoved"]
    assert desk.submit("agt_1", c.RemoveAgent(), ADMIN) == []
    with pytest.raises(NotAllowed, match="handrail agents put"):
        desk.submit("agt_1", CALL, BOT)
    assert desk.submit("agt_1", CALL, ADMIN) == ["AgentAdded"]
    with pytest.raises(NotFound):
        desk.submit("agt_2", c.RemoveAgent(), ADMIN)


def test_an_agent_stays_while_a_key_of_it_opens() -> None:
    agent = Agent("agt_1", "present", 1, "usr_1", None)
    with pytest.raises(NotReady, match="end them first"):
        decide(agent, c.RemoveAgent(), Facts(0, ADMIN, keys=frozenset({"key_1"})))
    assert decide(agent, c.RemoveAgent(), Facts(0, ADMIN))


def test_a_refusal_is_kept_with_whoever_it_was() -> None:
    desk = Desk(ann="team")
    assert desk.submit("usr_ann", DENY, ADMIN) == ["AccessDenied"]
    desk.dismiss("ann")
    assert desk.submit("usr_ann", DENY, ADMIN) == ["AccessDenied"]
    assert desk.world.states["usr_ann"].status == "removed"


@pytest.mark.parametrize(("command", "row"), [(PUT, Person), (CALL, Agent), (GROUP, Group)])
def test_who_was_only_refused_so_far_can_still_be_added(command: object, row: type) -> None:
    desk = Desk()
    desk.submit("one", DENY, ADMIN)
    assert isinstance(desk.world.states["one"], Guest)
    desk.submit("one", command, ADMIN)
    assert isinstance(desk.world.states["one"], row)


@pytest.mark.parametrize(
    ("first", "then"),
    [(CALL, PUT), (GROUP, PUT), (PUT, CALL), (GROUP, CALL), (PUT, GROUP), (CALL, GROUP)],
)
def test_a_row_never_becomes_another_kind(first: object, then: object) -> None:
    desk = Desk()
    desk.submit("one", first, ADMIN)
    with pytest.raises(NotReady):
        desk.submit("one", then, ADMIN)


@pytest.mark.parametrize("first", [CALL, GROUP, DENY])
def test_only_a_person_is_removed_as_one(first: object) -> None:
    desk = Desk()
    desk.submit("one", first, ADMIN)
    with pytest.raises(UnknownPerson):
        desk.submit("one", c.RemovePerson(), ADMIN)


def test_a_person_decides_as_a_reviewer_and_not_otherwise() -> None:
    desk = Desk(ann="team", ben="team")
    desk.submit("usr_ann", replace(PUT, handle="ann", groups=(NAMES.group("team"),), roles=("auditor",)), ADMIN)
    assert desk.world.directory.members(NAMES.group("team")) == {"usr_ben"}
    assert desk.world.directory.members("usr_ann") == frozenset()


@pytest.mark.parametrize("what", ACCOUNT)
def test_an_account_is_changed_by_administrators_and_its_password_and_passkeys_by_its_person(what: Any) -> None:
    ann = Person("usr_ann", "present", 1, "hash", None, (), None)
    allowed = {ADMIN.id} | ({ann.id} if what in OWN else set())
    for actor in (ADMIN, ANN, BOB, BOT):
        facts = Facts(0, actor, frozenset({ADMIN.id}))
        if actor.id in allowed:
            assert len(decide(ann, c.NoteAccount(what, "pky_1"), facts)) == 1
        else:
            with pytest.raises(NotAllowed):
                decide(ann, c.NoteAccount(what, "pky_1"), facts)
    with pytest.raises(UnknownPerson):
        decide(None, c.NoteAccount(what, "pky_1"), Facts(0, ADMIN))


@pytest.mark.parametrize("command", [PUT, c.RemovePerson()])
def test_the_last_administrator_stays(command: object) -> None:
    boss = Person("usr_1", "present", 1, "hash", None, (), None, ("administrator",))
    for others in (frozenset[str](), frozenset({"usr_2"})):
        facts = Facts(0, ADMIN, frozenset({"usr_1"}) | others)
        if others:
            assert decide(boss, command, facts)  # type: ignore[arg-type]
        else:
            with pytest.raises(NotReady, match="the last administrator"):
                decide(boss, command, facts)  # type: ignore[arg-type]


def test_a_key_keeps_what_it_is_for_and_never_comes_back() -> None:
    desk = Desk()
    assert desk.submit("key_1", KEY, ADMIN) == ["KeyAdded"]
    assert desk.submit("key_1", KEY, ADMIN) == []
    with pytest.raises(NotReady, match="create another one"):
        desk.submit("key_1", replace(KEY, scopes=("propose", "execute")), ADMIN)
    assert desk.submit("key_1", c.RemoveKey(), ADMIN) == ["KeyRemoved"]
    assert desk.submit("key_1", c.RemoveKey(), ADMIN) == []
    with pytest.raises(NotReady, match="stays ended"):
        desk.submit("key_1", replace(KEY, until=9), ADMIN)
    with pytest.raises(NotFound):
        desk.submit("key_2", c.RemoveKey(), ADMIN)


@pytest.mark.parametrize("command", [KEY, c.RemoveKey()])
def test_an_agent_makes_itself_no_key(command: object) -> None:
    with pytest.raises(NotAllowed):
        Desk().submit("key_1", command, BOT)


def test_every_row_of_the_table_happens() -> None:
    desk = Desk()
    story: list[tuple[str, list[object]]] = [
        ("usr_1", [PUT, PUT, *(c.NoteAccount(what, "pky_1") for what in ACCOUNT), DENY, c.RemovePerson(), DENY, PUT]),
        ("usr_2", [DENY, PUT]),
        ("grp_1", [GROUP, ROTA]),
        ("grp_2", [DENY, GROUP]),
        ("agt_1", [CALL, replace(CALL, owner="usr_2"), c.RemoveAgent(), DENY, CALL]),
        ("agt_2", [DENY, CALL]),
        ("key_1", [KEY, replace(KEY, until=7), c.RemoveKey()]),
    ]
    for subject, commands in story:
        for command in commands:
            desk.submit(subject, command, ADMIN)
    happened = {(type(one.sealed.event), one.before.status if one.before else None) for one in desk.log}
    assert happened == {(event, before) for event, steps in ACCEPTS.items() for before in steps}
