"""The guards of ladders: what somebody's absence lets nobody do."""

from typing import Final

from .model import Edit, Guard

ACCESS: Final = "review/access.py"
OF_LADDERS: Final = (
    Guard(
        "who stands in for who asked", "Who stands in for somebody who asked never decides, nor after a delegation.",
        (Edit("directory/model.py", "        while new:\n", "        while False:\n"),),
        ("tests/review/test_absences.py::test_standing_in_passes_no_separation_nor_does_delegating",),
    ),
    Guard(
        "the place of who is away", "Who is away and who stands in fill one place of a quorum together.",
        (
            Edit("review/voting.py", " or place == (vote.instead or vote.by)", ""),
            Edit(ACCESS, "found.setdefault(holder, ", "found.setdefault(vote.by, "),
        ),
        ("tests/review/test_absences.py::test_a_place_is_filled_once_whoever_of_the_two_comes_first",),
    ),
    Guard(
        "whom a level reaches", "A level whose people are all away, with nobody who stands in, holds nobody up.",
        (Edit(ACCESS, "return frozenset(one for one in there if one is not None)", "return frozenset(called)"),),
        ("tests/review/test_absences.py::test_a_level_that_reaches_nobody_is_passed_at_once",),
    ),
    Guard(
        "hours that count", "Where only some hours count, no level ends earlier.",
        (Edit("policy/paths.py", "after(self.hours, start, lasts)", "start + lasts"),),
        ("tests/engine/test_ladders.py::test_a_level_lasts_so_many_business_hours_whatever_the_clock_does",),
    ),
    Guard(
        "the ladder of a claim", "While somebody is at it, nobody further is asked.",
        (
            Edit(
                "review/ladder.py", 'state.status == "open" and state.level_until <= facts.now',
                "state.level_until <= facts.now",
            ),
            Edit("review/model.py", 'self.claim_until if self.status == "claimed" else ', ""),
        ),
        ("tests/engine/test_ladders.py::test_a_claim_holds_the_ladder_until_its_lease_ends_but_no_deadline_and_no_reminder",),
    ),
    Guard(
        "silence approves the harmless alone", "Nobody's silence lets run what is risky or cannot be undone.",
        (Edit("policy/verdict.py", 'demand.at_end == "approve" and not safe', "False"),),
        ("tests/engine/test_ladders.py::test_every_end_releases_the_agent_and_only_what_is_harmless_runs_by_silence",),
    ),
)  # fmt: skip
