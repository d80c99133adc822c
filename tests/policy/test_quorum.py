"""The matching fills as many places as there is any way to fill, with another person for each."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from handrail.policy.paths import Quorum
from handrail.policy.quorum import matching, missing

ROLES = ("any", "a", "b", "c")
voters = st.dictionaries(st.sampled_from("pqrst"), st.frozensets(st.sampled_from(ROLES[1:])), max_size=5)
quorums = st.lists(st.tuples(st.sampled_from(ROLES), st.integers(0, 2)), max_size=3).map(tuple)


def most(people: dict[str, frozenset[str]], places: list[str]) -> int:
    """How many places can be filled, by trying every order."""
    return max(
        sum(_fits(people, person, place) for person, place in zip(order, places, strict=True))
        for order in permutations([*people, *[None] * len(places)], len(places))
    )


def _fits(people: dict[str, frozenset[str]], person: str | None, place: str) -> bool:
    return person is not None and (place == "any" or place in people[person])


@given(voters, quorums)
def test_it_fills_what_can_be_filled(people: dict[str, frozenset[str]], quorum: Quorum) -> None:
    places = [place for place, count in quorum for _ in range(count)][:4]
    wanted = tuple((place, 1) for place in places)
    best = most(people, places)
    assert missing(people, wanted) == len(places) - best
    found = matching(people, wanted)
    assert (found is not None) == (best == len(places))
    if found is not None:
        assert len(set(found.values())) == len(places)
        assert all(places[index] == "any" or places[index] in people[one] for index, one in found.items())


def test_a_person_in_both_roles_gives_way() -> None:
    people = {"ann": frozenset({"legal", "finance"}), "bob": frozenset({"legal"})}
    assert matching(people, (("legal", 1), ("finance", 1))) == {0: "bob", 1: "ann"}
