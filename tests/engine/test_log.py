"""The log and the states are one: written together, and each can be made from the log alone."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from handrail.action.commands import Start
from handrail.audit import tree
from handrail.audit.entry import leaf, parse_entry
from handrail.errors import NotAllowed, Unavailable
from handrail.review.commands import Decide
from tests.engine.kit import AGENT, Desk

TENANT = "default"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(str(tmp_path / "a.db"))
    yield desk
    desk.close()


def tables(desk: Desk) -> dict[str, list[object]]:
    """Everything that is written."""
    connection = apsw.Connection(desk.database.path)
    names = ("heads", "streams", "entries", "disclosures", "revisions", "calls", "commands", "blobs")
    found: dict[str, list[object]] = {name: list(connection.execute(f"SELECT * FROM {name}")) for name in names}
    connection.close()
    return found


def change(desk: Desk, statement: str) -> None:
    """What an administrator could do."""
    connection = apsw.Connection(desk.database.path)
    connection.execute(statement)
    connection.close()


def a_whole_life(desk: Desk) -> tuple[str, str]:
    """An action that was proposed, edited, approved, started and settled; and its review."""
    held = desk.propose()
    desk.decide(held["review"], "edit", args='{"n":2}', note="two is enough")
    bind = desk.look(held["id"])["bind"]
    desk.settle(desk.agent.call(held["id"], Start("exe_1", bind)), value="done")
    return held["id"], held["review"]


def test_every_change_has_its_entry_and_the_log_gives_the_states_back(desk: Desk) -> None:
    action, review = a_whole_life(desk)
    assert desk.replayed(action) == desk.action(action)
    assert desk.replayed(review) == desk.review(review)
    with desk.store.read() as reader:
        entries, head = reader.entries(TENANT), reader.head(TENANT)
    assert head is not None
    assert [entry.i for entry in entries] == list(range(head.size))
    assert [event.rev for event in desk.agent.history(action)] == list(range(1, desk.action(action).rev + 1))


def test_the_head_is_the_tree_over_all_entries(desk: Desk) -> None:
    a_whole_life(desk)
    with desk.store.read() as reader:
        entries, head = reader.entries(TENANT), reader.head(TENANT)
    assert head is not None
    assert head.frontier == tree.encode(tree.extend(tree.EMPTY, (leaf(entry.entry) for entry in entries)))


def test_after_erasing_every_text_the_log_still_gives_the_states_back(desk: Desk) -> None:
    action, review = a_whole_life(desk)
    before = desk.action(action), desk.review(review)
    change(desk, "DELETE FROM disclosures WHERE name != 'data'; DELETE FROM revisions")
    assert (desk.replayed(action), desk.replayed(review)) == before
    assert (desk.action(action), desk.review(review)) == before


def test_a_commit_that_fails_halfway_leaves_nothing_behind(desk: Desk) -> None:
    held = desk.propose()
    change(desk, "CREATE TRIGGER full BEFORE INSERT ON heads BEGIN SELECT raise(ABORT, 'the disk is full'); END")
    before = tables(desk)
    view = desk.review(held["review"]).view
    with pytest.raises(Unavailable, match="nothing was changed"):
        desk.person.call(held["review"], Decide("approve", view), command_id="cmd_1")
    assert tables(desk) == before
    change(desk, "DROP TRIGGER full")
    assert desk.person.call(held["review"], Decide("approve", view), command_id="cmd_1")["status"] == "decided"


def test_a_refusal_is_an_entry_of_its_own(desk: Desk) -> None:
    held = desk.propose()
    with pytest.raises(NotAllowed):
        desk.decide(held["review"], who=desk.agent)
    denied = desk.agent.history(desk.agent.actor.id)[-1]
    assert (denied.type, denied.data["code"], denied.data["on"]) == ("access.denied", "not_allowed", held["review"])
    assert desk.look(held["id"])["status"] == "held"


def test_who_acted_is_in_each_entry(desk: Desk) -> None:
    action, review = a_whole_life(desk)
    with desk.store.read() as reader:
        acts = {parse_entry(entry.entry).act.id for entry in reader.entries(TENANT, sub=review)}
        proposed = parse_entry(reader.entries(TENANT, sub=action)[0].entry)
    assert acts == {"handrail", "user:local"}
    assert proposed.act.id == desk.agent.actor.id != AGENT.id
