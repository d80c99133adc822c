"""How far those who read the decisions have come: rows beside the log, which say nothing about anybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ..errors import InvalidValue, UsageError
from ..store.protocol import Reader, Store

CONSUMER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,63}")
CONSUMERS: Final = 100
"""Consumers that one principal may have."""


class Cursors:
    """The cursors of one principal's consumers."""

    def __init__(self, store: Callable[[], Store], tenant: str, principal: str) -> None:
        self._store, self._tenant = store, tenant
        self._beginning: Final = f"decisions/{principal}/"

    def of(self, reader: Reader, consumer: str) -> int | None:
        """How far a consumer has come; `None` for a new one. Raises `InvalidValue` for what cannot be a name."""
        name = self._beginning + required(consumer)
        return reader.cursors(self._tenant, name, 1).get(name)

    def put(self, consumer: str, position: int) -> None:
        """Note that it is done up to a position, at most where the log ends. Raises `TooMany` for one too many."""
        name = self._beginning + required(consumer)
        with self._store().read() as reader:
            head = reader.head(self._tenant)
            known = reader.cursors(self._tenant, self._beginning, CONSUMERS)
        if name not in known and len(known) >= CONSUMERS:
            raise UsageError(f"there are {CONSUMERS} consumers already: go on under the name of one of them")
        with self._store().write() as tx:
            tx.put_cursor(self._tenant, name, min(position, head.size - 1 if head else -1))


def required(consumer: str) -> str:
    """The name of a consumer. Raises `InvalidValue`."""
    if not CONSUMER.fullmatch(consumer):
        raise InvalidValue(f"{consumer[:40]!a} names no consumer: use letters, digits, '_', '-', '.', up to 64")
    return consumer
