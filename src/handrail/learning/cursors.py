"""How far those who read the decisions have come, and who reads under a name: rows beside the log, which say nothing
about anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ..backend import ConsumerLease
from ..clock import SECOND
from ..errors import FencedOff, InvalidValue, UsageError
from ..store.protocol import Hold, Reader, Store, Transaction

CONSUMER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
CONSUMERS: Final = 100
"""Consumers that one principal may have."""
LONGEST: Final = 300
"""Seconds for which a name is held at most, unless it is held anew."""


class Cursors:
    """The cursors of one principal's consumers. `now` is the time that counts for the database (µs)."""

    def __init__(self, store: Store, tenant: str, principal: str, now: Callable[[], int]) -> None:
        self._store, self._tenant, self._now = store, tenant, now
        self._beginning: Final = f"decisions/{principal}/"

    def of(self, reader: Reader, consumer: str) -> int | None:
        """How far a consumer has come; `None` for a new one. Raises `InvalidValue` for what cannot be a name."""
        name = self._beginning + required(consumer)
        return reader.cursors(self._tenant, name, 1).get(name)

    def lease(self, consumer: str, holder: str, seconds: int) -> ConsumerLease:
        """Hold a name for some seconds, go on holding it, or let it go with 0; another's ends before anybody else has
        it. Raises `InvalidValue`."""
        name = self._beginning + required(consumer)
        required(holder)
        if not 0 <= seconds <= LONGEST:
            raise InvalidValue(f"a name is held for at most {LONGEST} seconds at a time, and let go with 0")
        now = self._now()
        with self._store.read() as reader:
            known = reader.holding(self._tenant, name)
        if known is None or known.holder == holder or not now < known.until <= now + LONGEST * SECOND:
            with self._store.write() as tx:
                known = tx.hold(self._tenant, name, holder, now, now + seconds * SECOND, now + LONGEST * SECOND)
        held = known.holder == holder and seconds > 0
        return ConsumerLease(held, known.fence, max(known.until - now, 0))

    def put(self, consumer: str, position: int, fence: int | None = None) -> None:
        """Note that it is done up to a position, at most where the log ends.

        Raises `FencedOff` where somebody else has the name, and `UsageError` for one too many.
        """
        name = self._beginning + required(consumer)
        with self._store.read() as reader:
            head = reader.head(self._tenant)
            known = reader.cursors(self._tenant, self._beginning, CONSUMERS)
        if name not in known and len(known) >= CONSUMERS:
            raise UsageError(f"there are {CONSUMERS} consumers already: go on under the name of one of them")
        with self._store.write() as tx:
            self._require(tx, name, fence)
            tx.put_cursor(self._tenant, name, min(position, head.size - 1 if head else -1))

    def _require(self, tx: Transaction, name: str, fence: int | None) -> None:
        """Raises `FencedOff` unless the name is held under this number, or by nobody where none is given."""
        known, now = tx.holding(self._tenant, name), self._now()
        if fence is None:
            mine = known is None or known.until <= now
        else:
            mine = known is not None and self._kept(tx, name, known, now).fence == fence
        if not mine:
            raise FencedOff("another process goes on under the name of this consumer: what it notes counts")

    def _kept(self, tx: Transaction, name: str, known: Hold, now: int) -> Hold:
        """Who has the name until this transaction ends: where it was taken meanwhile, somebody else."""
        return tx.hold(self._tenant, name, known.holder, now, known.until, now + LONGEST * SECOND)


def required(consumer: str) -> str:
    """The name of a consumer. Raises `InvalidValue`."""
    if not CONSUMER.fullmatch(consumer):
        raise InvalidValue(f"{consumer[:40]!a} names no consumer: use letters, digits, '_', '-', '.', up to 64")
    return consumer
