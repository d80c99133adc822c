"""The stricter of two demands satisfies both, and asks for nothing more."""

from hypothesis import given
from hypothesis import strategies as st

from handrail.policy.paths import Demand, Level, stricter
from handrail.policy.quorum import matching

LEVELS = (Level(("grp_1",), 5),)
quorums = st.dictionaries(st.sampled_from(["any", "a", "b"]), st.integers(1, 2), min_size=1).map(
    lambda one: tuple(one.items())
)
crowds = st.dictionaries(st.sampled_from("pqrst"), st.frozensets(st.sampled_from("ab")), max_size=5)


@given(quorums, quorums, crowds)
def test_who_fills_the_stricter_quorum_fills_both(
    one: tuple[tuple[str, int], ...], other: tuple[tuple[str, int], ...], people: dict[str, frozenset[str]]
) -> None:
    both = stricter(Demand(LEVELS, one), Demand(LEVELS, other))
    assert both is not None
    if matching(people, both.quorum) is not None:
        assert matching(people, one) is not None
        assert matching(people, other) is not None


@given(quorums)
def test_a_quorum_with_itself_is_itself(quorum: tuple[tuple[str, int], ...]) -> None:
    both = stricter(Demand(LEVELS, quorum), Demand(LEVELS, quorum))
    assert both is not None
    assert sorted(both.quorum) == sorted(quorum)


def test_one_of_a_role_is_also_anyone() -> None:
    both = stricter(Demand(LEVELS), Demand(LEVELS, (("grp_legal", 1),)))
    assert both is not None
    assert both.quorum == (("grp_legal", 1),)


def test_the_rest_is_the_more_careful_of_the_two() -> None:
    present = Demand(LEVELS, at_end="approve", undo=1, grant=9, auth=("session", "webauthn"))
    fresh = Demand((), at_end="reject", undo=5, grant=4, auth=("apikey", "webauthn"))
    assert stricter(present, fresh) == Demand(LEVELS, at_end="reject", undo=5, grant=4, auth=("webauthn",))


def test_ways_to_sign_in_that_exclude_each_other_leave_nothing() -> None:
    assert stricter(Demand(LEVELS, auth=("session",)), Demand(LEVELS, auth=("webauthn",))) is None


def test_any_way_to_sign_in_gives_way_to_named_ones() -> None:
    for one, other in (((), ("webauthn",)), (("webauthn",), ())):
        both = stricter(Demand(LEVELS, auth=one), Demand(LEVELS, auth=other))
        assert both is not None
        assert both.auth == ("webauthn",)
