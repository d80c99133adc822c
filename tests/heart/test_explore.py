"""The small scopes hold every invariant in every state, and from every state a path leads to an end."""

from functools import cache
from typing import Final

import pytest

from handrail.action import events as acted
from handrail.action import lifecycle as action_life
from handrail.review import events as reviewed
from handrail.review import lifecycle as review_life
from tools.lives import PAGE

from .explore import Found, explore, row
from .scopes import NORMAL, WIDE, Scope

NEEDS_ANOTHER_ACTION: Final = {(reviewed.Superseded, "decided")}
BEFORE_THE_WORLD_BEGINS: Final = {
    (acted.Proposed, None), (acted.Cleared, "proposed"), (acted.Held, "proposed"), (acted.Refused, "proposed"),
}  # fmt: skip
NO_COMMAND_LEADS_HERE: Final = {(acted.Held, "cleared"), (acted.Withdrawn, "proposed")}
"""A stricter verdict at the start would hold a cleared action; a proposed action never outlives its commit."""

explored = cache(explore)


def name(scope: Scope) -> str:
    """The scope's name, for the test's id."""
    return scope.name


@pytest.mark.parametrize("scope", NORMAL, ids=name)
def test_every_state_holds_the_invariants_and_can_end(scope: Scope) -> None:
    _ends(explored(scope))


@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("scope", WIDE, ids=name)
def test_every_state_of_a_wider_scope_does(scope: Scope) -> None:
    _ends(explore(scope))


def _ends(found: Found) -> None:
    assert found.ends
    assert found.stuck() == []
    assert row(found) in PAGE.read_text("utf-8"), "run `python -m tools.lives --explore`"


def test_every_row_of_the_tables_happens() -> None:
    """What the scopes do not reach is named here with its reason."""
    rows = {
        (event, before)
        for table in (action_life.ACCEPTS, review_life.ACCEPTS)
        for event, steps in table.items()
        for before in steps
    }
    happened = set[tuple[type, str | None]]().union(*(explored(scope).rows for scope in NORMAL))
    missing = rows - happened - BEFORE_THE_WORLD_BEGINS - {(reviewed.Opened, None)}
    assert missing == NEEDS_ANOTHER_ACTION | NO_COMMAND_LEADS_HERE
