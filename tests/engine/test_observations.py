"""What a watched run reports is read back in order, proved, and dropped only where the log says so."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import apsw
import pytest

from handrail.clock import DAY
from handrail.directory.commands import PutPerson
from handrail.embedded import Embedded
from handrail.engine.pruning import prune
from handrail.engine.verify import Report, verify
from handrail.errors import MalformedJSON, NotAllowed, UnknownRun
from handrail.ids import mint
from handrail.principal import person
from handrail.run import commands as r
from handrail.store.postgres import PostgresStore
from handrail.stream import JSON
from tests.engine.kit import Desk
from tests.engine.test_watched import watched

ANN, OLGA = (person(f"usr_{letter * 26}", "session") for letter in "ab")


@pytest.fixture(params=["sqlite", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Desk]:
    found = Desk(request.getfixturevalue("postgres") if request.param == "postgres" else str(tmp_path / "a.db"))
    yield found
    found.close()


def tell(desk: Desk, run: str, count: int) -> list[r.Observation]:
    """Report so many steps at once; what was said."""
    before = desk.agent.run(run)[0].totals.seen
    values: list[JSON] = [{"rows": [one, 2.5, None]} for one in range(before, before + count)]
    said = [r.Observation("report", 1, "copy", value=one) for one in values]
    desk.agent.call(run, r.Observe(tuple(said)))
    return said


def told(desk: Desk, run: str, after: int = 0, limit: int = 10_000) -> list[r.Observation]:
    found = desk.agent.observations(run, after, limit)
    first = found[0].number if found else 0
    assert [one.number for one in found] == list(range(first, first + len(found)))
    return [one.observation for one in found]


def checked(desk: Desk) -> Report:
    with desk.store.read() as reader:
        return verify(reader, "default")


def test_every_observation_is_read_back_from_any_place(desk: Desk):
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance, run, said = random.Random(seed), watched(desk), []
    for _ in range(90):
        if chance.random() < 0.3:
            desk.person.call(run, r.Guide("go on"))
        else:
            said += tell(desk, run, chance.randrange(1, 9))
    assert told(desk, run) == said
    for after in [0, 1, len(said) - 1, len(said), len(said) + 9, *(chance.randrange(len(said)) for _ in range(30))]:
        limit = chance.randrange(1, 40)
        assert told(desk, run, after, limit) == said[after : after + limit], (after, limit)
    assert told(desk, watched(desk)) == []
    with pytest.raises(UnknownRun):
        desk.agent.observations(mint("run"))
    assert checked(desk).problems == []


def test_what_no_other_reader_could_read_is_not_kept(desk: Desk):
    run = watched(desk)
    for value in (float("nan"), 2**60, (1, 2)):
        with pytest.raises(MalformedJSON):
            desk.agent.call(run, r.Observe((r.Observation("note", 1, value=value),)))  # type: ignore[arg-type]
    assert desk.agent.run(run)[0].totals.seen == 0


def test_a_batch_that_was_changed_or_taken_out_is_told(desk: Desk):
    run = watched(desk)
    tell(desk, run, 3)
    tell(desk, run, 2)
    other = desk.agent.history(run)[1].index
    _by_hand(desk, f"UPDATE disclosures SET text = 'x' WHERE i = {other} AND name = 'observations'")
    assert any("'observations' is not the one" in one for one in checked(desk).problems)
    _by_hand(desk, f"DELETE FROM disclosures WHERE i = {other} AND name = 'observations'")
    assert checked(desk).problems == [f"{run}: what it reported in revision 2 is gone, and nobody dropped it"]


def _by_hand(desk: Desk, statement: str) -> None:
    if isinstance(desk.store, PostgresStore):
        with desk.store.write() as tx:
            tx.pipeline.send(statement)
        return
    file = apsw.Connection(desk.database.path)
    file.execute(statement)
    file.close()


def test_what_is_old_is_dropped_and_the_log_says_so(desk: Desk):
    old, young = watched(desk), watched(desk)
    for _ in range(3):
        tell(desk, old, 2)
    desk.clock.advance("10d")  # type: ignore[attr-defined]
    desk.tick(old)
    kept, other = tell(desk, old, 2), tell(desk, young, 2)
    assert prune(desk.person.archive, desk.person.call, desk.clock.now() - DAY) == 1
    assert (told(desk, old), told(desk, young)) == (kept, other)
    assert [one.number for one in desk.agent.observations(old)] == [7, 8]
    assert told(desk, old, 3, 1) == kept[:1]
    assert prune(desk.person.archive, desk.person.call, desk.clock.now() - DAY) == 0
    found = checked(desk)
    assert (found.problems, found.erased) == ([], 3)
    state = desk.agent.run(old)[0]
    assert (state.pruned, state.totals.seen) == (4, 8)
    assert [event.type for event in desk.agent.history(old)][-1] == "run.pruned"


def test_only_who_administers_drops_what_was_reported(desk: Desk):
    run = watched(desk)
    tell(desk, run, 2)
    with pytest.raises(NotAllowed):
        desk.agent.call(run, r.Prune(2))
    names = desk.engine.names("default")
    put = PutPerson(names.look_up("user", "olga"), None, (), "user:olga", "olga", None, ("administrator",))
    desk.person.call(OLGA.id, put)
    with pytest.raises(NotAllowed):
        Embedded(desk.database, lambda _: ANN).call(run, r.Prune(2))
    assert len(told(desk, run)) == 2
    Embedded(desk.database, lambda _: OLGA).call(run, r.Prune(2))
    assert told(desk, run) == []
