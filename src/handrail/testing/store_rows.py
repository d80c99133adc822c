"""Rows for the tests of stores."""

from typing import Any

from ..store.protocol import Batch, Entry, Head, Store, Stream

TENANT = "default"


def head(size: int) -> Head:
    """A head of that size."""
    return Head("local/handrail/default", size, b"\1" * size, size, -1)


def stream(name: str, kind: str = "action", status: str = "held", **given: Any) -> Stream:
    """A stream's row."""
    row = {"rev": 1, "state": "{}", "parent": None, "rank": 0, "born": 0, "due_at": None, "lease": None, **given}
    return Stream(name, kind, status, **row)


def entry(index: int, sub: str = "act_1", rev: int | None = None) -> Entry:
    """An entry at that position."""
    return Entry(index, sub, index + 1 if rev is None else rev, b"entry %d" % index, b"leaf %d" % index)


def put(store: Store, batch: Batch, tenant: str = TENANT) -> None:
    """Write a batch in a transaction of its own."""
    with store.write() as tx:
        tx.append(tenant, batch)
