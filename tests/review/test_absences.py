"""Who is away is not asked but may decide; who stands in decides for them, once, and never past a separation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handrail.clock import HOUR
from handrail.directory.hours import hours
from handrail.directory.times import (
    MOST_STEPS,
    Absence,
    Rota,
    Rotation,
    Shift,
    Times,
    rota_of,
    rota_text,
    times_of,
    times_text,
)
from handrail.errors import AlreadyDecided, NotAllowed
from handrail.principal import Principal, agent, person
from handrail.review import commands as c
from handrail.review.access import People
from tests.heart.desk import ANN, BOB, BOT, CYD, OLGA, Desk, group
from tests.heart.world import START

DAY = 24 * HOUR
THEN = (("group:second", HOUR),)


def away(desk: Desk, name: str, substitute: str | None = None, since: int = START, until: int = START + DAY) -> None:
    """Somebody is away, and somebody stands in."""
    stands = f"user:{substitute}" if substitute else None
    label = {"handle": f"user:{name}", "times": times_text(Times((Absence(since, until, stands),)))}
    directory = desk.world.directory
    desk.world.directory = replace(directory, labels={**directory.labels, f"usr_{name}": label})


@pytest.fixture
def desk() -> Desk:
    """Ann and Bob are the team; Cyd is in none, and Olga is who answers for the agent."""
    desk = Desk(ann="team", bob="team", cyd="else", dan="else")
    desk.employ("olga", "team", os_user="osu_olga")
    return desk


def test_who_is_away_may_decide_if_they_come_by(desk: Desk) -> None:
    away(desk, "ann")
    desk.propose()
    assert desk.decide(ANN, "approve") == ["Decided", "Cleared"]


@pytest.mark.parametrize(
    ("absent", "level"),
    [
        ({"ann": None, "bob": None}, 1),
        ({"ann": None, "bob": "ann"}, 1),
        ({"ann": "bob", "bob": "ann"}, 1),
        ({"ann": None}, 0),
        ({"ann": "cyd", "bob": None}, 0),
        ({"ann": "olga", "bob": None}, 1),
        ({"ann": "nobody", "bob": None}, 1),
    ],
    ids=["all", "the substitute too", "in a circle", "one is there", "a substitute", "a barred one", "an unknown one"],
)
def test_a_level_that_reaches_nobody_is_passed_at_once(desk: Desk, absent: dict[str, str | None], level: int) -> None:
    desk.employ("eve", "second")
    for name, substitute in absent.items():
        away(desk, name, substitute)
    desk.propose(within=HOUR, then=THEN)
    assert desk.review().level == level


def test_a_level_that_adds_only_who_is_away_is_passed_when_it_would_come(desk: Desk) -> None:
    desk.employ("eve", "second")
    desk.employ("dan", "third")
    away(desk, "eve")
    desk.propose(within=HOUR, then=(*THEN, ("group:third", HOUR)))
    desk.wait(HOUR)
    desk.sweep()
    assert desk.review().level == 2


def test_who_stands_in_decides_instead_and_both_are_in_the_log(desk: Desk) -> None:
    away(desk, "ann", "cyd")
    desk.propose(quorum=(("any", 2),))
    assert desk.decide(CYD, "approve") == ["Voted"]
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]
    votes = {vote.by: vote.instead for vote in desk.review().votes}
    assert votes == {CYD.id: ANN.id, BOB.id: None}
    assert desk.review().decision.counted == tuple(sorted((BOB.id, CYD.id)))  # type: ignore[union-attr]


def test_a_decision_of_one_who_stands_in_says_for_whom(desk: Desk) -> None:
    away(desk, "ann", "cyd")
    desk.propose()
    desk.decide(CYD, "reject")
    decision = desk.review().decision
    assert decision is not None
    assert (decision.by, decision.instead) == (CYD.id, ANN.id)


@pytest.mark.parametrize("at", [START - 1, START + DAY], ids=["before", "after"])
def test_nobody_stands_in_before_or_after_the_absence(desk: Desk, at: int) -> None:
    away(desk, "ann", "cyd")
    desk.world = desk.world.later(at)
    desk.propose()
    with pytest.raises(NotAllowed):
        desk.decide(CYD, "approve")


def test_who_is_away_is_replaced_by_who_stands_in_for_the_one_who_stands_in(desk: Desk) -> None:
    away(desk, "ann", "cyd")
    away(desk, "cyd", "dan")
    desk.propose()
    with pytest.raises(NotAllowed):
        desk.decide(CYD, "approve")
    assert desk.decide(person("usr_dan", "session"), "approve") == ["Decided", "Cleared"]
    assert desk.review().decision.instead == ANN.id  # type: ignore[union-attr]


def test_a_line_of_people_who_stand_in_has_an_end() -> None:
    names = [f"p{number}" for number in range(MOST_STEPS + 3)]
    desk = Desk(**dict.fromkeys(names, "else"))
    desk.employ("p0", "team")
    for number in range(MOST_STEPS + 1):
        away(desk, f"p{number}", f"p{number + 1}")
    assert desk.world.directory.substitute("usr_p0", START) is None
    assert desk.world.directory.substitute("usr_p1", START) == f"usr_p{MOST_STEPS + 1}"


def test_a_place_is_filled_once_whoever_of_the_two_comes_first(desk: Desk) -> None:
    for first, second in ((CYD, ANN), (ANN, CYD)):
        desk = Desk(ann="team", bob="team", cyd="else")
        away(desk, "ann", "cyd")
        desk.propose(quorum=(("any", 2),))
        assert desk.decide(first, "approve") == ["Voted"]
        with pytest.raises(AlreadyDecided):
            desk.decide(second, "approve")
        assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]


def test_who_stands_in_for_two_fills_one_place(desk: Desk) -> None:
    away(desk, "ann", "cyd")
    away(desk, "bob", "cyd")
    desk.propose(quorum=(("any", 2),))
    assert desk.decide(CYD, "approve") == ["Voted"]
    with pytest.raises(AlreadyDecided):
        desk.decide(CYD, "approve")
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]


def test_who_has_a_place_of_their_own_takes_that(desk: Desk) -> None:
    away(desk, "ann", "bob")
    desk.propose(quorum=(("any", 2),))
    assert desk.decide(BOB, "approve") == ["Voted"]
    assert desk.review().votes[0].instead is None
    assert desk.decide(ANN, "approve") == ["Decided", "Cleared"]


def test_who_stands_in_fills_the_role_of_who_is_away() -> None:
    desk = Desk(ann="legal", bob="finance", cyd="else")
    away(desk, "ann", "cyd")
    desk.propose(reviewers=("group:legal", "group:finance"), quorum=(("group:legal", 1), ("group:finance", 1)))
    assert desk.decide(BOB, "approve") == ["Voted"]
    assert desk.decide(CYD, "approve") == ["Decided", "Cleared"]


def test_what_was_decided_instead_of_somebody_counts_when_they_are_back(desk: Desk) -> None:
    away(desk, "ann", "cyd", until=START + HOUR)
    desk.propose(quorum=(("any", 2),))
    desk.decide(CYD, "approve")
    desk.wait(2 * HOUR)
    with pytest.raises(AlreadyDecided):
        desk.decide(ANN, "approve")
    assert desk.decide(BOB, "approve") == ["Decided", "Cleared"]


def test_it_does_not_count_once_who_is_away_may_not_decide_any_more(desk: Desk) -> None:
    away(desk, "ann", "cyd")
    desk.employ("eve", "team")
    desk.propose(quorum=(("any", 2),))
    desk.decide(CYD, "approve")
    desk.employ("ann", "else")
    assert desk.decide(BOB, "approve") == ["Voted"]
    assert desk.decide(person("usr_eve", "session"), "approve") == ["Decided", "Cleared"]


def stands_in_for_who_asked(desk: Desk) -> None:
    away(desk, "olga", "cyd")


def a_team_mate_stands_in_for_who_asked(desk: Desk) -> None:
    desk.employ("cyd", "team")
    away(desk, "olga", "cyd")


def who_asked_stands_in(desk: Desk) -> None:
    away(desk, "ann", "cyd")
    desk.employ("cyd", "else", os_user="osu_olga")


def in_two_steps(desk: Desk) -> None:
    away(desk, "olga", "dan")
    away(desk, "dan", "cyd")
    desk.employ("cyd", "team")


def one_in_the_middle(desk: Desk) -> None:
    away(desk, "ann", "olga")
    away(desk, "olga", "cyd")


@pytest.mark.parametrize(
    "case",
    [
        stands_in_for_who_asked, a_team_mate_stands_in_for_who_asked, who_asked_stands_in, in_two_steps,
        one_in_the_middle,
    ],
)  # fmt: skip
def test_standing_in_passes_no_separation_nor_does_delegating(desk: Desk, case: object) -> None:
    case(desk)  # type: ignore[operator]
    desk.propose()
    for command in (c.Decide("approve", desk.review().view), c.Claim(), c.Escalate()):
        with pytest.raises(NotAllowed):
            desk.ask(command, CYD)
    with pytest.raises(NotAllowed):
        desk.ask(c.Delegate(CYD.id), BOB)


def test_who_begins_to_stand_in_for_who_asked_is_barred_from_then_on(desk: Desk) -> None:
    away(desk, "olga", "bob", since=START + HOUR)
    desk.propose()
    desk.ask(c.Delegate(CYD.id), BOB)
    desk.wait(HOUR)
    with pytest.raises(NotAllowed):
        desk.decide(BOB, "approve")
    assert desk.decide(CYD, "approve") == ["Decided", "Cleared"]


def test_who_stood_in_at_the_opening_stays_barred(desk: Desk) -> None:
    away(desk, "olga", "bob", until=START + HOUR)
    desk.propose()
    desk.wait(HOUR)
    with pytest.raises(NotAllowed):
        desk.decide(BOB, "approve")


def test_a_vote_given_before_its_giver_stood_in_for_who_asked_does_not_count(desk: Desk) -> None:
    away(desk, "olga", "ann", since=START + HOUR)
    desk.employ("eve", "team")
    desk.propose(quorum=(("any", 2),))
    desk.decide(ANN, "approve")
    desk.wait(HOUR)
    assert desk.decide(BOB, "approve") == ["Voted"]


@pytest.mark.parametrize("by", [BOT, agent("agt_cyd", CYD.id), Principal("agent", CYD.id, "apikey")])
def test_no_agent_stands_in(desk: Desk, by: Principal) -> None:
    away(desk, "ann", "cyd")
    desk.propose()
    with pytest.raises(NotAllowed):
        desk.decide(by, "approve")


def test_who_is_no_reviewer_stands_in_for_nobody(desk: Desk) -> None:
    away(desk, "ann", "cyd")
    desk.world.directory = replace(
        desk.world.directory,
        people={**desk.world.directory.people, CYD.id: replace(desk.world.directory.people[CYD.id], roles=("viewer",))},
    )
    desk.propose()
    with pytest.raises(NotAllowed):
        desk.decide(CYD, "approve")


def test_a_question_may_be_answered_by_who_stands_in_for_who_asked(desk: Desk) -> None:
    away(desk, "olga", "cyd")
    desk.propose("act_2", pattern="question", more={"kind": "question"})
    assert desk.decide(CYD, "answer", "act_2", value=1) == ["Decided", "Succeeded"]
    assert desk.review("act_2").decision.instead == OLGA.id  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("called", "reached"),
    [((), {"usr_ann", "usr_bob"}), (("ann",), {"usr_ann"}), (("cyd",), {"usr_ann", "usr_bob"})],
    ids=["nobody on call", "one on call", "a stranger on call"],
)
def test_of_a_group_with_a_rota_those_on_call_are_asked_and_all_may_decide(
    desk: Desk, called: tuple[str, ...], reached: set[str]
) -> None:
    desk.propose()
    on_call = {group("group:team"): frozenset(f"usr_{one}" for one in called)}
    people = People(desk.world.directory, frozenset({OLGA.id}), START, on_call)
    assert people.reached(desk.review(), 0) == reached
    assert people.asked(desk.review()) == {"usr_ann", "usr_bob"}


def test_a_rota_is_kept_as_it_was_written() -> None:
    rota = Rota((Shift("user:ann", 1, 2),), Rotation(("user:ann", "user:bob"), "Europe/Berlin", "2026-11-30T09:00", 7))
    assert rota_of({"handle": "group:team", "rota": rota_text(rota)}) == rota
    times = Times((Absence(1, 2, "user:bob"), Absence(3, 4)), hours("UTC", [(0, 540, 1020)]), hours("UTC", [(6, 0, 1)]))
    assert times_of({"handle": "user:ann", "times": times_text(times)}) == times
    assert (rota_of({"$erased": "sha256:0"}), times_of(None)) == (None, None)
