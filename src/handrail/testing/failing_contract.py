"""What every store promises of reviews that wait after a failure."""

import random
from typing import Final, Literal

from ..store.protocol import Batch, Reader, Store, Stream
from .store_rows import TENANT, head, put, stream
from .watched_contract import WatchedContract

FAILED: Final = '{"error": "PaymentError", "like": "fal_1"}'
FAILED_ALIKE: Final = '{"error": "PaymentError", "like": "fal_2"}'
STATES: Final = (FAILED, FAILED_ALIKE, '{"error": null, "like": null}', "{}")


def failing(reader: Reader, by: Literal["error", "like"], value: str, size: int) -> list[str]:
    """All that waits after such failures, page after page."""
    rows: list[Stream] = []
    while True:
        after = (rows[-1].rank, rows[-1].born, rows[-1].id) if rows else None
        page = reader.failing(TENANT, by, value, after, size)
        rows += page
        if len(page) < size:
            return [row.id for row in rows]


class FailingContract(WatchedContract):
    """A part of `StoreContract`."""

    def test_what_waits_after_a_failure_is_found_by_its_type_and_by_what_is_alike(self, store: Store) -> None:
        draw = random.Random(7)
        rows = [
            stream(
                f"rev_{i:03}", "review", draw.choice(("open", "claimed", "decided")), rank=draw.randrange(3),
                born=draw.randrange(5), state=draw.choice(STATES),
            )
            for i in range(90)
        ]  # fmt: skip
        put(store, Batch(head(1), [*rows, stream("act_1", state=FAILED)]))
        waiting = sorted(
            (row for row in rows if row.status != "decided"), key=lambda row: (-row.rank, row.born, row.id)
        )
        failed = [row for row in waiting if row.state in (FAILED, FAILED_ALIKE)]
        alike = [row for row in waiting if row.state == FAILED_ALIKE]
        with store.read() as reader:
            for size in (1, 7, 99):
                assert failing(reader, "error", "PaymentError", size) == [row.id for row in failed]
                assert failing(reader, "like", "fal_2", size) == [row.id for row in alike]
            assert reader.count_failing(TENANT, "fal_2", 99) == len(alike)
            assert reader.count_failing(TENANT, "fal_2", 2) == 2
            assert reader.failing("else", "error", "PaymentError") == []
