"""What guards the wall."""

from typing import Final

from .model import Edit, Guard

OVERSIGHT: Final = "tests/server/test_oversight.py"

OF_THE_WALL: Final = (
    Guard(
        "one topic", "Who follows the inbox alone is told of no run.",
        (Edit("server/changes.py", "for one in told if one.topic in topics", "for one in told"),
         Edit("server/changes.py", 'if "oversight" in topics:', "if topics:")),
        (f"{OVERSIGHT}::test_a_card_comes_with_each_change_of_the_run_and_of_its_actions_to_who_follows",),
    ),
    Guard(
        "words on a card", "Secrets in what an agent says of its run are covered on the wall.",
        (Edit("engine/wall.py", "drawn(conceal(words))", "visible(words)"),),
        (f"{OVERSIGHT}::test_a_card_says_how_a_run_stands_and_draws_what_its_agent_says",),
    ),
    Guard(
        "what nobody watches", "Runs that nobody watches are not on the wall.",
        (Edit("run/need.py", "if not run.watched:", "if False:"),),
        (f"{OVERSIGHT}::test_what_needs_people_comes_first_and_what_nobody_watches_is_not_there",),
    ),
)  # fmt: skip
