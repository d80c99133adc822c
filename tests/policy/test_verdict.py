"""What a declaration leads to: review by the declared path, or a denial that says what to do."""

from typing import Any

import pytest

from handrail.clock import HOUR
from handrail.directory.model import Directory
from handrail.policy.asked import Asked
from handrail.policy.declaration import Declaration
from handrail.policy.verdict import Verdict, judge
from tests.heart.desk import Desk, group
from tests.heart.world import NAMES

NOBODY = frozenset[str]()


def verdict(directory: Directory, barred: frozenset[str] = NOBODY, **declared: Any) -> Verdict:
    return judge(Declaration(**declared), directory, barred, None, Asked(risk="low", reversible=True))


@pytest.fixture
def staff() -> Directory:
    return Desk(ann="team legal", bob="team").world.directory


@pytest.fixture
def alone() -> Directory:
    return Directory(NAMES)


def test_the_declared_path_is_asked_by_id(staff: Directory) -> None:
    found = verdict(staff, reviewers=("user:ann", "group:team"), within=HOUR, then=(("user:bob", None),))
    assert found.kind == "review"
    assert found.demand is not None
    assert [level.ask for level in found.demand.levels] == [("usr_ann", group("group:team")), ("usr_bob",)]
    assert [level.within for level in found.demand.levels] == [HOUR, HOUR]


def test_the_demand_carries_what_was_declared(staff: Directory) -> None:
    declared: dict[str, Any] = {"at_end": "approve", "undo": 7, "grant": 8, "quorum": (("group:legal", 1), ("any", 1))}
    demand = verdict(staff, reviewers=("group:team",), **declared).demand
    assert demand is not None
    assert (demand.at_end, demand.undo, demand.grant) == ("approve", 7, 8)
    assert demand.quorum == ((group("group:legal"), 1), ("any", 1))


@pytest.mark.parametrize(
    "declared",
    [
        {"reviewers": ("user:zed",)},
        {"reviewers": ("group:team", "user:zed")},
        {"reviewers": ("group:team",), "then": (("user:zed", None),)},
        {"reviewers": ("group:team", "zed")},
        {"reviewers": ("group:team", "role:ann")},
        {"reviewers": ("group:team",), "quorum": (("user:zed", 1),)},
    ],
)
def test_an_unknown_reviewer_is_denied(staff: Directory, declared: dict[str, Any]) -> None:
    found = verdict(staff, **declared)
    assert (found.kind, found.reason, found.demand) == ("deny", "unknown_reviewer", None)


@pytest.mark.parametrize(
    ("declared", "barred"),
    [
        ({}, NOBODY),
        ({"reviewers": ("group:nobody",)}, NOBODY),
        ({"reviewers": ("user:ann",)}, frozenset({"usr_ann"})),
        ({"reviewers": ("group:team",)}, frozenset({"usr_ann", "usr_bob"})),
    ],
)
def test_where_nobody_may_decide_it_is_denied(
    staff: Directory, declared: dict[str, Any], barred: frozenset[str]
) -> None:
    assert verdict(staff, barred, **declared).reason == "no_reviewer"


@pytest.mark.parametrize(
    ("quorum", "barred"),
    [
        ((("any", 3),), NOBODY),
        ((("any", 2),), frozenset({"usr_bob"})),
        ((("group:legal", 2),), NOBODY),
        ((("group:nobody", 1),), NOBODY),
        ((("group:legal", 1), ("group:team", 2)), NOBODY),
    ],
)
def test_a_quorum_that_cannot_be_reached_is_denied(
    staff: Directory, quorum: tuple[tuple[str, int], ...], barred: frozenset[str]
) -> None:
    found = verdict(staff, barred, reviewers=("group:team",), quorum=quorum)
    assert (found.kind, found.reason) == ("deny", "quorum_unreachable")
    assert "handrail people apply" in found.advice


def test_the_quorum_is_reached_on_the_union_of_all_levels(staff: Directory) -> None:
    found = verdict(staff, reviewers=("user:ann",), then=(("user:bob", None),), quorum=(("any", 2),))
    assert found.kind == "review"


@pytest.mark.parametrize("reviewers", [(), ("user:ann",), ("group:legal",), ("user:ann", "group:legal")])
def test_alone_every_path_leads_to_the_one_person(alone: Directory, reviewers: tuple[str, ...]) -> None:
    found = verdict(alone, frozenset({"agt_bot"}), reviewers=reviewers, quorum=(("any", 1),))
    assert found.kind == "review"


@pytest.mark.parametrize("place", ["user:ann", "group:legal", "any"])
def test_alone_one_person_fills_any_one_place_and_no_second(alone: Directory, place: str) -> None:
    assert verdict(alone, quorum=((place, 1),)).kind == "review"
    assert verdict(alone, quorum=((place, 2),)).reason == "quorum_unreachable"


def test_no_demand_holds_a_handle_of_a_person(alone: Directory) -> None:
    found = verdict(alone, reviewers=("user:ann", "group:legal"), then=(("user:bob", None),), quorum=(("user:ann", 1),))
    assert found.demand is not None
    asked = [one for level in found.demand.levels for one in level.ask] + [one for one, _ in found.demand.quorum]
    assert all(one == "user:local" or one.startswith("grp_") for one in asked)


@pytest.mark.parametrize("quorum", [(), (("any", 0),), (("any", -1),), (("any", 2), ("group:legal", -1))])
def test_a_quorum_of_nobody_is_denied(staff: Directory, quorum: tuple[tuple[str, int], ...]) -> None:
    assert verdict(staff, reviewers=("group:team",), quorum=quorum).reason == "quorum_unreachable"
