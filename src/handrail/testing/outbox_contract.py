"""What every store promises of what people are to be told."""

from typing import Any

import pytest

from ..store.outbox import Count, Notice, Parcel
from ..store.protocol import Batch, Store
from .store_rows import TENANT, head, put


def notice(sub: str = "rev_1", **given: Any) -> Notice:
    """A notice about a review, for ann by mail."""
    usual = {"rev": 1, "what": "asked", "level": 0, "channel": "mail", "person": "usr_ann", "at": 10, "due_at": 10}
    return Notice(sub=sub, **{**usual, **given})


def due(store: Store, now: int, channel: str = "mail", limit: int = 99) -> list[Parcel]:
    """What is due on a channel."""
    with store.outbox() as box:
        return box.due(channel, now, limit)


class OutboxContract:
    """A part of `StoreContract`."""

    def test_a_notice_commits_with_its_cause_or_not_at_all(self, store: Store) -> None:
        put(store, Batch(head(1), notices=[notice(), notice("rev_2", due_at=11, person="")]))
        assert [(one.tenant, one.sub, one.person, one.status, one.tries) for one in due(store, 11)] == [
            (TENANT, "rev_1", "usr_ann", "waiting", 0), (TENANT, "rev_2", "", "waiting", 0),
        ]  # fmt: skip
        with pytest.raises(ZeroDivisionError), store.write() as tx:
            tx.append(TENANT, Batch(head(2), notices=[notice("rev_3")]))
            raise ZeroDivisionError
        assert len(due(store, 99)) == 2

    def test_what_is_due_comes_longest_first_and_by_channel(self, store: Store) -> None:
        put(store, Batch(head(1), notices=[notice("rev_1", due_at=30), notice("rev_2", due_at=20), notice("rev_3")]))
        put(store, Batch(head(2), notices=[notice("rev_4", channel="push", due_at=5)]))
        assert [one.sub for one in due(store, 20)] == ["rev_3", "rev_2"]
        assert [one.sub for one in due(store, 99, limit=1)] == ["rev_3"]
        assert [one.sub for one in due(store, 99, "push")] == ["rev_4"]
        with store.outbox() as box:
            assert (box.next_due("mail"), box.next_due("push"), box.next_due("else")) == (10, 5, None)

    def test_a_parcel_is_sent_tried_again_or_dead(self, store: Store) -> None:
        put(store, Batch(head(1), notices=[notice(f"rev_{i}") for i in range(4)]))
        sent, again, dead, moved = due(store, 10)
        with store.outbox(write=True) as box:
            box.sent([sent.id], 15)
            box.failed(again.id, 40, "timed_out")
            box.failed(dead.id, None, "no_such_address")
            box.move([moved.id], 50)
        assert [(one.sub, one.due_at, one.tries, one.error) for one in due(store, 99)] == [
            ("rev_1", 40, 1, "timed_out"), ("rev_3", 50, 0, None),
        ]  # fmt: skip
        with store.outbox() as box:
            assert [(one.status, one.sent_at) for one in box.about(TENANT, "rev_0", "mail")] == [("sent", 15)]
            assert box.about("else", "rev_0", "mail") == box.about(TENANT, "rev_0", "push") == []
            assert box.counts() == [
                Count("mail", "dead", 1, 10), Count("mail", "sent", 1, 10), Count("mail", "waiting", 2, 10),
            ]  # fmt: skip

    def test_what_is_dead_waits_again_when_it_is_asked_for(self, store: Store) -> None:
        put(store, Batch(head(1), notices=[notice("rev_1"), notice("rev_2", channel="push"), notice("rev_3")]))
        with store.outbox(write=True) as box:
            for one in (*box.due("mail", 10, 1), *box.due("push", 10, 9)):
                box.failed(one.id, None, "gone")
        with store.outbox(write=True) as box:
            assert box.redrive("mail", 77) == 1
        assert [(one.sub, one.due_at, one.tries) for one in due(store, 77)] == [("rev_3", 10, 0), ("rev_1", 77, 0)]
        with store.outbox(write=True) as box:
            assert (box.redrive(None, 78), box.redrive(None, 79)) == (1, 0)

    def test_who_was_told_when_is_known_until_it_is_pruned(self, store: Store) -> None:
        put(store, Batch(head(1), notices=[notice(f"rev_{i}", at=i) for i in range(3)]))
        rows = due(store, 10)
        with store.outbox(write=True) as box:
            box.sent([rows[0].id, rows[1].id], 20)
            box.sent([rows[2].id], 30)
        with store.outbox(write=True) as box:
            assert box.sent_since(TENANT, "mail", "usr_ann", 0) == [20, 30]
            assert box.sent_since(TENANT, "mail", "usr_ann", 20) == [30]
            assert box.sent_since(TENANT, "mail", "usr_bob", 0) == box.sent_since(TENANT, "push", "usr_ann", 0) == []
        with store.write() as tx:
            tx.forget("else", 9, 9)
            tx.forget(TENANT, 9, 2)
        with store.outbox(write=True) as box:
            assert box.sent_since(TENANT, "mail", "usr_ann", 0) == [30]
            box.drop([rows[2].id])
            box.drop([])
            assert box.counts() == []

    def test_notices_are_put_beside_a_change_of_the_log(self, store: Store) -> None:
        with store.outbox(write=True) as box:
            box.put(TENANT, [notice(), notice("rev_2")])
            box.put(TENANT, [])
            assert [one.sub for one in box.due("mail", 10, 9)] == ["rev_1", "rev_2"]
