"""Rows of the directory: present, removed, present again; changed by people alone."""

import pytest

from handrail.directory import commands as c
from handrail.directory.lifecycle import ACCEPTS
from handrail.directory.model import Agent, Group, Guest, Person
from handrail.errors import NotAllowed, NotReady, UnknownPerson
from tests.heart.desk import ADMIN, BOT, Desk
from tests.heart.world import NAMES

PUT = c.PutPerson("hash", "osu_1", ("grp_1",), "ann", "Ann", "ann1")
CALL = c.PutAgent("osu_1", "bot", "olga")
GROUP = c.PutGroup("hash", "team")
DENY = c.Deny("late", "rev_1", "Decide", 3)


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


def test_groups_and_agents_are_named_once() -> None:
    desk = Desk()
    assert desk.submit("grp_1", GROUP, ADMIN) == ["GroupAdded"]
    assert desk.submit("grp_1", GROUP, ADMIN) == []
    assert desk.submit("agt_1", CALL, BOT) == ["AgentAdded"]
    assert desk.submit("agt_1", CALL, BOT) == []
    assert isinstance(desk.world.states["grp_1"], Group)


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


def test_every_row_of_the_table_happens() -> None:
    desk = Desk()
    story: list[tuple[str, list[object]]] = [
        ("usr_1", [PUT, PUT, DENY, c.RemovePerson(), DENY, PUT]),
        ("usr_2", [DENY, PUT]),
        ("grp_1", [GROUP]),
        ("grp_2", [DENY, GROUP]),
        ("agt_1", [CALL]),
        ("agt_2", [DENY, CALL]),
    ]
    for subject, commands in story:
        for command in commands:
            desk.submit(subject, command, ADMIN)
    happened = {(type(one.sealed.event), one.before.status if one.before else None) for one in desk.log}
    assert happened == {(event, before) for event, steps in ACCEPTS.items() for before in steps}
