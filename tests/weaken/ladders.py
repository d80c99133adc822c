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
)  # fmt: skip
