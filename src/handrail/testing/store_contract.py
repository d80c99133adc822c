"""What every store promises, as a class of tests: subclass it with a fixture `store` that gives an empty one."""

import json
import random
from typing import Any

import pytest

from ..errors import Unavailable
from ..store.protocol import Answer, Batch, Call, Disclosure, Hold, Offer, Reader, Revision, Store, Stream
from .failing_contract import FailingContract
from .index_contract import IndexContract
from .outbox_contract import OutboxContract
from .store_rows import TENANT, entry, head, put, stream
from .vault_contract import VaultContract

__all__ = ["TENANT", "StoreContract", "entry", "head", "put", "stream"]


def _offer(name: str, agent: str, function: tuple[str, str], **given: Any) -> Stream:
    """An action that may be taken; with `rank` 0 not, with 2 its probe is awaited."""
    state = json.dumps({"name": function[0], "schema": function[1], "agent": agent})
    return stream(name, state=state, **{"rank": 1, "status": "cleared", **given})


def paged(reader: Reader, size: int, **which: Any) -> list[str]:
    """All rows, page after page."""
    rows: list[Stream] = []
    while True:
        after = (rows[-1].rank, rows[-1].born, rows[-1].id) if rows else None
        page = reader.page(TENANT, "review", after=after, limit=size, **which)
        rows += page
        if len(page) < size:
            return [row.id for row in rows]


class StoreContract(FailingContract, OutboxContract, IndexContract, VaultContract):
    """Run on every store in the same test run."""

    def test_a_new_store_is_empty(self, store: Store) -> None:
        with store.read() as reader:
            assert reader.head(TENANT) is None
            assert not reader.streams(TENANT, ("act_1",))
            assert not reader.entries(TENANT)
            assert reader.answers(TENANT, ["cmd_1"]) == []
            assert reader.call(TENANT, "cal_1") is None
            assert reader.blob(TENANT, "d") is None
            assert reader.next_due() is None
        assert len(store.secret) == 32

    def test_what_was_written_is_read_back(self, store: Store) -> None:
        batch = Batch(
            head(1), [stream("act_1", due_at=5)], [entry(0)], [Disclosure(0, "data", "d", "text")],
            [Revision("act_1", 1, "bind", "{}", b"salt")], [Call("cal_1", "act_1", b"mac")],
            [Answer("cmd_1", b"mac", "{}", 7)], [("digest", "body")],
        )  # fmt: skip
        put(store, batch)
        with store.read() as reader:
            assert reader.head(TENANT) == batch.head
            assert reader.streams(TENANT, ("act_0", "act_1")) == batch.streams
            assert reader.entries(TENANT) == reader.entries(TENANT, sub="act_1") == batch.entries
            assert reader.disclosures(TENANT, (0, 1)) == batch.disclosures
            assert reader.text(TENANT, "act_1", "d") == "text"
            assert reader.text(TENANT, "act_2", "d") is None
            assert reader.revision(TENANT, "act_1", 1) == batch.revisions[0]
            assert reader.revision(TENANT, "act_1", 2) is None
            assert reader.call(TENANT, "cal_1") == batch.calls[0]
            assert reader.answers(TENANT, ["cmd_0", "cmd_1"]) == batch.answers
            assert reader.blob(TENANT, "digest") == "body"

    def test_a_glance_sees_what_is_committed_and_holds_nobody_up(self, store: Store) -> None:
        for size in (1, 2):
            put(store, Batch(head(size), [stream("act_1", rev=size)]))
            with store.glance() as reader:
                assert [row.rev for row in reader.streams(TENANT, ["act_1"])] == [size]
        with store.read() as reader, store.glance() as inner:
            assert inner.head(TENANT) == reader.head(TENANT) == head(2)
        store.close()
        with pytest.raises(Unavailable), store.glance():
            pass

    def test_a_transaction_sees_what_it_wrote_and_a_broken_one_leaves_nothing(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError), store.write() as tx:
            tx.append(TENANT, Batch(head(1), [stream("act_1")], [entry(0)]))
            assert tx.streams(TENANT, ("act_1",)) == [stream("act_1")]
            raise ZeroDivisionError
        with store.read() as reader:
            assert reader.head(TENANT) is None
            assert not reader.streams(TENANT, ("act_1",))
            assert not reader.entries(TENANT)
        put(store, Batch(head(1), entries=[entry(0)]))

    def test_an_entry_is_written_once_or_the_transaction_is_not(self, store: Store) -> None:
        put(store, Batch(head(1), entries=[entry(0)]))
        for again in (entry(0, "act_2", 1), entry(1, "act_1", 1)):
            with pytest.raises(Unavailable):
                put(store, Batch(head(2), [stream("act_9")], [again]))
        with store.read() as reader:
            assert reader.entries(TENANT) == [entry(0)]
            assert reader.streams(TENANT, ("act_9",)) == []

    def test_tenants_do_not_see_each_other(self, store: Store) -> None:
        put(store, Batch(head(1), [stream("act_1")], [entry(0)], blobs=[("d", "one")]))
        put(store, Batch(head(1), [stream("act_2")], [entry(0)], blobs=[("d", "two")]), "other")
        with store.read() as reader:
            assert reader.streams(TENANT, ("act_1", "act_2")) == [stream("act_1")]
            assert (reader.blob(TENANT, "d"), reader.blob("other", "d")) == ("one", "two")
            assert [row.id for row in reader.page("other", "action")] == ["act_2"]

    def test_entries_come_in_order_behind_a_position(self, store: Store) -> None:
        rows = [entry(i, f"act_{i % 3}", i // 3 + 1) for i in range(30)]
        put(store, Batch(head(30), entries=rows))
        with store.read() as reader:
            assert reader.entries(TENANT, after=9, limit=5) == rows[10:15]
            assert reader.entries(TENANT, sub="act_1", after=1, limit=3) == rows[4:11:3]

    def test_pages_give_every_row_once_in_order(self, store: Store) -> None:
        draw = random.Random(7)
        states = draw.choices(("open", "claimed", "decided"), k=100)
        rows = [
            stream(f"rev_{i:03}", "review", status, rank=draw.randrange(5), born=draw.randrange(9))
            for i, status in enumerate(states)
        ]
        put(store, Batch(head(1), rows))
        waiting = [row for row in rows if row.status != "decided"]
        by_rank = [row.id for row in sorted(waiting, key=lambda row: (-row.rank, row.born, row.id))]
        newest = [row.id for row in sorted(rows, key=lambda row: (-row.born, row.id))]
        with store.read() as reader:
            for size in (1, 7, 100, 101):
                assert paged(reader, size, waiting=True) == by_rank
                assert paged(reader, size) == newest

    def test_the_inbox_finds_what_ended_the_past_of_a_name_and_the_steps_of_a_run(self, store: Store) -> None:
        ended = [stream(f"rev_{i}", "review", ("decided", "open")[i % 2], born=i) for i in range(6)]
        named = '{"name": "a.b", "asked": "rev_1"}'
        actions = [
            stream("act_1", status="cleared", born=1, state=named, parent="run_1"),
            stream("act_2", status="held", born=2, state=named, parent="run_1"),
            stream("act_3", status="succeeded", born=3, state=named, parent="run_2"),
            stream("act_4", status="cleared", born=4, state='{"name": "a.b", "asked": null}', parent="run_1"),
        ]
        kept = [Revision("act_1", 1, "bind", "short", b"s"), Revision("act_3", 1, "bind", "l" * 99, b"s")]
        put(store, Batch(head(1), ended + actions, [entry(i) for i in range(5)], revisions=kept))
        with store.read() as reader:
            assert [row.id for row in reader.page(TENANT, "review", ended=True, limit=2)] == ["rev_4", "rev_2"]
            assert [row.id for row in reader.page(TENANT, "review", ended=True, after=(0, 2, "rev_2"))] == ["rev_0"]
            assert [reader.waiting(TENANT, most) for most in (2, 9)] == [2, 3]
            assert [row.id for row in reader.decided(TENANT, "a.b", 1, 9)] == ["act_3", "act_1"]
            assert [row.id for row in reader.decided(TENANT, "a.b", 2, 9)] == ["act_3"]
            assert [row.id for row in reader.of_run(TENANT, "run_1", 2)] == ["act_4", "act_2"]
            assert reader.short_args(TENANT, [("act_1", 1), ("act_3", 1), ("act_9", 1)], 10) == {"act_1": "short"}
            assert [one.rev for one in reader.latest(TENANT, "act_1", 2, 2)] == [3, 4]

    def test_what_workers_may_take_is_found_by_function_and_agent(self, store: Store) -> None:
        pay, ship = ("pay", "sha256:1"), ("ship", "sha256:2")
        rows = [
            _offer("act_1", "agt_b", pay, born=3), _offer("act_2", "agt_b", ship, born=1, parent="run_1"),
            _offer("act_3", "agt_a", pay, born=2), _offer("act_4", "agt_c", ship, rank=0),
            _offer("act_5", "agt_d", pay, rank=2, status="unknown"), _offer("act_6", "agt_e", ("pay", "sha256:2")),
        ]  # fmt: skip
        put(store, Batch(head(1), rows))
        put(store, Batch(head(1), rows), tenant="other")
        with store.read() as reader:
            assert reader.offering(TENANT, [pay, ship], 9) == ["agt_a", "agt_b"]
            assert reader.offering(TENANT, [ship], 9) == ["agt_b"]
            assert len(reader.offering(TENANT, [pay, ship], 1)) == 1
            assert reader.offering(TENANT, [], 9) == []
            assert reader.offers(TENANT, [pay, ship], "agt_b", [], 9) == [Offer("act_2", "run_1"), Offer("act_1", None)]
            assert reader.offers(TENANT, [pay, ship], "agt_b", [], 1) == [Offer("act_2", "run_1")]
            assert reader.offers(TENANT, [pay, ship], "agt_b", ["run_1"], 9) == [Offer("act_1", None)]
            assert reader.unsure(TENANT, [pay, ship], 9) == ["act_5"]
        put(store, Batch(head(2), [rows[0]._replace(rank=0, rev=2, status="claimed")]))
        with store.read() as reader:
            assert reader.offers(TENANT, [pay, ship], "agt_b", ["run_1"], 9) == []

    def test_runs_to_clean_up_after_come_longest_first(self, store: Store) -> None:
        def run(name: str, left: int, **given: Any) -> Stream:
            return stream(name, "run", state=json.dumps({"left": left}), **given)

        rows = [run("run_1", 1, born=3), run("run_2", 2, born=1), run("run_3", 0), stream("act_1", state='{"left":1}')]
        put(store, Batch(head(1), rows))
        put(store, Batch(head(1), [run("run_4", 1)]), "other")
        with store.read() as reader:
            assert reader.abandoned(TENANT, 9) == [rows[1], rows[0]]
            assert reader.abandoned(TENANT, 1) == [rows[1]]
        put(store, Batch(head(2), [run("run_2", 0, born=1, rev=2)]))
        with store.read() as reader:
            assert reader.abandoned(TENANT, 9) == [rows[0]]

    def test_what_is_due_comes_longest_first(self, store: Store) -> None:
        put(store, Batch(head(1), [stream("act_1", due_at=30), stream("act_2", due_at=10), stream("act_3")]))
        put(store, Batch(head(1), [stream("act_4", due_at=20)]), "other")
        with store.read() as reader:
            assert reader.next_due() == 10
            assert reader.due(20, 9) == [(TENANT, "act_2"), ("other", "act_4")]
            assert reader.due(99, 1) == [(TENANT, "act_2")]
            assert reader.due(9, 9) == []

    def test_a_lease_moves_without_an_entry_and_only_where_there_is_one(self, store: Store) -> None:
        rows = [
            stream("act_1", due_at=5, lease=5),
            stream("act_2", due_at=5),
            stream("run_1", "run", due_at=5, lease=5),
        ]
        put(store, Batch(head(1), rows))
        with store.write() as tx:
            tx.renew(TENANT, {"act_1": (9, 9), "act_2": (9, 9), "run_1": (9, 7)})
        with store.read() as reader:
            found = reader.streams(TENANT, ("act_1", "act_2", "run_1"))
        one, two, run = found
        assert (one, two) == (stream("act_1", due_at=9, lease=9), stream("act_2", due_at=5))
        assert run == stream("run_1", "run", due_at=7, lease=9)

    def test_texts_of_one_name_are_dropped_up_to_a_revision_and_nothing_else(self, store: Store) -> None:
        rows = [entry(0, "run_1", 1), entry(1, "run_2", 1), entry(2, "run_1", 2), entry(3, "run_1", 3)]
        texts = [Disclosure(i, name, f"{i}{name}", "text") for i in range(4) for name in ("data", "said")]
        put(store, Batch(head(4), entries=rows, disclosures=texts))
        put(store, Batch(head(1), entries=rows[:1], disclosures=texts[:2]), "other")
        with store.write() as tx:
            tx.drop(TENANT, "run_1", "said", 2)
        with store.read() as reader:
            assert reader.disclosures(TENANT, range(4)) == [
                one for one in texts if one.digest not in ("0said", "2said")
            ]
            assert reader.disclosures("other", range(4)) == texts[:2]
            assert reader.entries(TENANT) == rows

    def test_the_oldest_answers_are_forgotten(self, store: Store) -> None:
        put(store, Batch(head(1), answers=[Answer(f"cmd_{at}", b"m", "{}", at) for at in (3, 1, 2, 4)]))
        put(store, Batch(head(1), answers=[Answer("cmd_1", b"m", "{}", 1)]), "other")
        every = [f"cmd_{at}" for at in range(5)]
        for most, left in ((1, {2, 3, 4}), (9, {3, 4})):
            with store.write() as tx:
                tx.forget(TENANT, 3, most)
            with store.read() as reader:
                assert {answer.at for answer in reader.answers(TENANT, every)} == left
        with store.read() as reader:
            assert len(reader.answers("other", every)) == 1

    def test_a_call_leads_to_its_newest_action_and_a_text_keeps_its_first_body(self, store: Store) -> None:
        put(store, Batch(head(1), calls=[Call("cal_1", "act_1", b"1")], blobs=[("d", "one")]))
        put(store, Batch(head(1), calls=[Call("cal_1", "act_2", b"2")], blobs=[("d", "two")]))
        with store.read() as reader:
            assert reader.call(TENANT, "cal_1") == Call("cal_1", "act_2", b"2")
            assert reader.blob(TENANT, "d") == "one"

    def test_an_action_is_found_with_the_arguments_that_its_state_names(self, store: Store) -> None:
        kept = [Revision("act_1", number, "b", "{}", b"s") for number in (1, 2, 3)]
        row, bare = stream("act_1", state='{"revision":2}'), stream("act_2", state='{"revision":1}')
        put(store, Batch(head(1), [row, bare], revisions=kept))
        put(store, Batch(head(1), [row], revisions=kept), "other")
        with store.read() as reader:
            assert reader.standing(TENANT, "act_1") == (row, kept[1])
            assert reader.standing(TENANT, "act_2") == (bare, None)
            assert reader.standing(TENANT, "act_3") is reader.standing(TENANT, "act_\0") is None

    def test_what_no_database_can_hold_is_not_there_and_hides_nothing_else(self, store: Store) -> None:
        put(store, Batch(head(1), [stream("act_1")], answers=[Answer("cmd_1", b"mac", "{}", 7)]))
        with store.write() as tx:
            found = tx.opening(TENANT, ["act_1", "act_\0"], ["cmd_1", "cmd_\0"])
            assert [[one.id for one in rows] for rows in found[1:]] == [["act_1"], ["cmd_1"]]
            assert [one.id for one in tx.streams(TENANT, ["act_\0", "act_1"])] == ["act_1"]
            assert [one.id for one in tx.answers(TENANT, ["cmd_\0", "cmd_1"])] == ["cmd_1"]
            assert tx.call(TENANT, "\0") is None
            assert tx.text(TENANT, "act_1", "\0") is None
            assert tx.revision(TENANT, "\0", 1) is None
            assert tx.beginning(TENANT, "act\0", 3) == []
            assert tx.decided(TENANT, "\0", 0, 3) == []

    def test_a_cursor_goes_forward_only(self, store: Store) -> None:
        for position in (3, 7, 5):
            with store.write() as tx:
                tx.put_cursor(TENANT, "decisions/agt_1/learner", position)
        with store.write() as tx:
            tx.put_cursor(TENANT, "decisions/agt_1/other", -1)
            tx.put_cursor(TENANT, "decisions/agt_2/learner", 9)
        with store.read() as reader:
            assert reader.cursors(TENANT, "decisions/agt_1/", 5) == {
                "decisions/agt_1/learner": 7, "decisions/agt_1/other": -1,
            }  # fmt: skip
            assert list(reader.cursors(TENANT, "decisions/", 1)) == ["decisions/agt_1/learner"]
            assert reader.cursors("elsewhere", "decisions/", 5) == {}

    def test_a_name_is_held_by_one_until_its_time_is_over(self, store: Store) -> None:
        def hold(holder: str, now: int, until: int) -> Hold:
            with store.write() as tx:
                return tx.hold(TENANT, name, holder, start + now, start + until, start + 1_000)

        name, start = "decisions/agt_1/learner", 1_767_225_600_000_000
        assert hold("one", 0, 10) == ("one", 1, start + 10)
        assert hold("two", 9, 19) == ("one", 1, start + 10)
        assert hold("one", 9, 20) == ("one", 1, start + 20), "it goes on under its number"
        assert hold("two", 20, 30) == ("two", 2, start + 30)
        assert hold("one", 29, 40) == ("two", 2, start + 30)
        assert hold("two", 29, 29) == ("two", 2, start + 29), "it lets go"
        assert hold("one", 29, 9_000) == ("one", 3, start + 9_000)
        assert hold("two", 30, 40) == ("two", 4, start + 40), "nobody has it for so long"
        with store.read() as reader:
            assert reader.holding(TENANT, name) == ("two", 4, start + 40)
            assert reader.holding("elsewhere", name) is None

    def test_a_closed_store_says_so(self, store: Store) -> None:
        store.close()
        with pytest.raises(Unavailable), store.write():
            pass
        with pytest.raises(Unavailable), store.read():
            pass
        store.close()
