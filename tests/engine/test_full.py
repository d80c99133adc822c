"""A full disk, a file that cannot be written: said so, nothing acknowledged is lost, reads go on, and it passes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from handrail.errors import Unavailable
from handrail.ids import mint
from tests.crash.books import Books
from tests.engine.kit import Desk, proposal

POINTS = 40


@pytest.fixture
def connections() -> Iterator[list[apsw.Connection]]:
    """Every connection that is opened meanwhile."""
    found: list[apsw.Connection] = []
    apsw.connection_hooks.append(found.append)
    yield found
    apsw.connection_hooks.remove(found.append)


def limit(connections: list[apsw.Connection], pages: int) -> None:
    """Let the file grow to that many pages and no further."""
    for connection in connections:
        connection.pragma("max_page_count", pages)


def pages(connections: list[apsw.Connection]) -> int:
    found: int = connections[-1].pragma("page_count")
    return found


def test_a_full_disk_at_many_points_loses_nothing_and_passes(tmp_path: Path, connections: list[apsw.Connection]):
    path = str(tmp_path / "a.db")
    desk = Desk(path)
    first = desk.propose()
    told = [first["id"]]
    connections[:] = [one for one in connections if _is_open(one)]
    for point in range(POINTS):
        limit(connections, pages(connections) + point % 5)
        text = '{"n":"' + "x" * (97 * point) + '"}'
        ids = [mint("act") for _ in range(60)]
        refused = None
        for one in ids:
            try:
                told.append(desk.agent.call(one, proposal(text))["id"])
            except Unavailable:
                refused = one
                break
        assert refused is not None, "it was never full"
        assert desk.look(first["id"])["status"] == "held"
        assert desk.review(first["review"]).status == "open"
        assert len(desk.agent.waiting(limit=1)) == 1
        with pytest.raises(Unavailable):
            desk.agent.call(mint("act"), proposal('{"n":"' + "y" * 500_000 + '"}'))
        limit(connections, 1_000_000)
        told.append(desk.agent.call(refused, proposal(text))["id"])
        assert desk.decide(desk.look(told[-1])["review"])["action_status"] == "cleared"
    desk.close()
    books = Books(path)
    assert set(told) <= set(books.states)
    assert {one for one in books.states if one.startswith("act_")} == set(told)


def _is_open(connection: apsw.Connection) -> bool:
    try:
        connection.pragma("page_count")
    except apsw.ConnectionClosedError:
        return False
    return True


def test_a_file_that_may_only_be_read_can_be_read(tmp_path: Path, connections: list[apsw.Connection]):
    desk = Desk(str(tmp_path / "a.db"))
    action = desk.propose()
    for connection in connections:
        if _is_open(connection):
            connection.pragma("query_only", True)
    with pytest.raises(Unavailable):
        desk.propose()
    assert desk.look(action["id"])["status"] == "held"
    assert desk.agent.waiting()[0].state.id == action["review"]
    for connection in connections:
        if _is_open(connection):
            connection.pragma("query_only", False)
    assert desk.decide(action["review"])["action_status"] == "cleared"
    desk.close()
