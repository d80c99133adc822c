"""A command that is sent again, because its answer was lost, happens once."""

from collections.abc import Iterator

import pytest

from handrail.engine.batch import TIDY
from handrail.errors import CommandReused, NotReady
from handrail.review.commands import Decide
from handrail.testing import FrozenClock
from tests.engine.kit import Desk, proposal


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.close()


def test_a_repeated_command_gets_the_first_answer_and_does_nothing(desk: Desk) -> None:
    first = desk.agent.call("act_1", proposal(), command_id="cmd_1")
    desk.decide(first["review"])
    before = desk.types("act_1")
    assert desk.agent.call("act_1", proposal(), command_id="cmd_1") == first
    assert desk.types("act_1") == before
    assert desk.look("act_1")["status"] == "cleared"


def test_the_same_command_id_with_another_content_is_a_conflict(desk: Desk) -> None:
    held = desk.propose()
    view = desk.review(held["review"]).view
    desk.person.call(held["review"], Decide("approve", view), command_id="cmd_1")
    for other in (Decide("reject", view), Decide("approve", view, note="yes")):
        with pytest.raises(CommandReused):
            desk.person.call(held["review"], other, command_id="cmd_1")
    assert desk.look(held["id"])["status"] == "cleared"


def test_a_refused_command_may_be_sent_again(desk: Desk) -> None:
    held = desk.propose()
    with pytest.raises(Exception, match="look again"):
        desk.person.call(held["review"], Decide("approve", "sha256:old"), command_id="cmd_1")
    view = desk.review(held["review"]).view
    assert desk.person.call(held["review"], Decide("approve", view), command_id="cmd_1")["status"] == "decided"


def test_answers_that_nobody_can_still_repeat_are_forgotten_and_the_newer_are_kept() -> None:
    clock = FrozenClock()
    desk = Desk(clock=clock)
    desk.agent.call("act_old", proposal(), command_id="cmd_old")
    clock.advance("6d")
    kept = desk.agent.call("act_new", proposal(), command_id="cmd_new")
    clock.advance("2d")
    while desk.agent.archive.size() < 2 * TIDY:
        desk.propose()
    assert desk.agent.call("act_new", proposal(), command_id="cmd_new") == kept
    with pytest.raises(NotReady, match="exists already"):
        desk.agent.call("act_old", proposal(), command_id="cmd_old")
    desk.close()
