"""What every store promises of the runs that people watch."""

import json
import random

from ..store.protocol import Batch, Store, Stream
from .store_rows import TENANT, head, put, stream


def _run(name: str, status: str, rank: int, **given: int | None) -> Stream:
    state = json.dumps({"ended_at": given.pop("ended_at", None)})
    return stream(name, "run", status, rank=rank, state=state, **given)


class WatchedContract:
    """A part of `StoreContract`."""

    def test_watched_runs_are_found_by_rank_while_they_go_on_and_by_their_end_after_it(self, store: Store) -> None:
        draw = random.Random(11)
        going = [
            _run(f"run_{i:02}", draw.choice(("running", "paused")), draw.randrange(4), born=draw.randrange(3))
            for i in range(40)
        ]
        over = [_run(f"run_over_{i}", "finished", -1, ended_at=100 + i) for i in range(9)]
        unwatched = [_run("run_unwatched", "finished", 0, ended_at=105), stream("act_1", rank=2)]
        put(store, Batch(head(1), [*going, *over, *unwatched]))
        ranked = sorted((one for one in going if one.rank), key=lambda one: (-one.rank, one.born, one.id))
        with store.read() as reader:
            assert reader.watched(TENANT, 99) == ranked
            assert reader.watched(TENANT, 5) == ranked[:5]
            assert reader.watched_ended(TENANT, 104, 99) == over[:3:-1]
            assert reader.watched_ended(TENANT, 104, 2) == over[:6:-1]
            assert reader.watched("else", 99) == reader.watched_ended("else", 0, 99) == []

    def test_a_run_that_ends_is_no_longer_among_those_that_go_on(self, store: Store) -> None:
        put(store, Batch(head(1), [_run("run_1", "running", 2)]))
        put(store, Batch(head(2), [_run("run_1", "finished", -1, ended_at=7)]))
        with store.read() as reader:
            assert reader.watched(TENANT, 9) == []
            assert [one.id for one in reader.watched_ended(TENANT, 7, 9)] == ["run_1"]

    def test_what_waits_in_several_runs_is_read_at_once(self, store: Store) -> None:
        rows = [
            stream(f"act_{run}_{status}", status=status, parent=run)
            for run in ("run_a", "run_b", "run_c")
            for status in ("held", "unknown", "started")
        ]
        put(store, Batch(head(1), rows))
        with store.read() as reader:
            found = {one.id for one in reader.asking(TENANT, ["run_a", "run_c", "run_none"], 99)}
            assert found == {"act_run_a_held", "act_run_a_unknown", "act_run_c_held", "act_run_c_unknown"}
            assert len(reader.asking(TENANT, ["run_a", "run_b"], 3)) == 3
            assert reader.asking(TENANT, [], 9) == reader.asking("else", ["run_a"], 9) == []
