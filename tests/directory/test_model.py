"""Handles become ids, ids become people, and an owner is who it stands for."""

from handrail.directory.model import Directory, Names
from tests.heart.desk import Desk
from tests.heart.world import NAMES


def directory(**people: str) -> Directory:
    return Desk(**people).world.directory


def test_alone_there_is_one_person_in_every_group() -> None:
    alone = directory()
    assert alone.members("user:local") == alone.members(NAMES.group("any")) == {"user:local"}
    assert alone.members("usr_ann") == frozenset()
    assert alone.resolve("user:local") == "user:local"


def test_with_people_the_one_person_is_gone() -> None:
    staffed = directory(ann="team")
    assert staffed.members("user:local") == frozenset()
    assert staffed.resolve("user:local") is None


def test_handles_are_found_by_their_keyed_hash_alone() -> None:
    staffed = directory(ann="team legal", bob="team")
    assert staffed.resolve("user:ann") == "usr_ann"
    assert staffed.resolve("group:team") == NAMES.group("team")
    assert staffed.members(NAMES.group("team")) == {"usr_ann", "usr_bob"}
    assert staffed.asked_as("usr_ann") == {"usr_ann", NAMES.group("team"), NAMES.group("legal")}


def test_only_users_and_groups_have_handles() -> None:
    for spec in ("ann", "role:ann", "usr_ann", "", ":ann"):
        assert directory(ann="team").resolve(spec) is None


def test_an_os_user_is_the_person_linked_to_it() -> None:
    desk = Desk()
    desk.employ("olga", os_user=NAMES.os_user("olga1"))
    staffed = desk.world.directory
    assert staffed.same(NAMES.os_user("olga1")) == {NAMES.os_user("olga1"), "usr_olga"}
    linked = staffed.linked("olga1")
    assert linked is not None
    assert linked.id == "usr_olga"
    assert staffed.linked("nobody") is None


def test_names_of_another_database_are_other_ids() -> None:
    other = Names(b"another secret")
    for kind in ("group", "agent", "os_user", "run"):
        assert getattr(other, kind)("x") != getattr(NAMES, kind)("x")
    assert NAMES.look_up("user", "x") != NAMES.look_up("run", "x")
