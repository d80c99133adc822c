"""What people read about limits and standing permissions: how much is used, and what is let run without asking."""

from __future__ import annotations

from decimal import Decimal

from ..backend import BudgetRecord, LimitRecord, PermissionRecord
from ..policy.budget import Budget, Window, window
from ..policy.limits import Limit, written
from ..policy.rules import Policy
from ..policy.standing import Standing
from ..store.protocol import Reader
from ..view.model import Erased
from .archive import Archive
from .reads import read_active

SHOWN = 500
"""Budgets that are told, the newest; of more than these nobody reads all."""


def permissions(archive: Archive, after: str | None, limit: int) -> list[PermissionRecord]:
    """Standing permissions, newest first, also those that ended."""
    with archive.read() as reader:
        found = archive.page_in(reader, "standing", after, limit)
        return [_permission(archive, reader, one) for one in found if isinstance(one, Standing)]


def _permission(archive: Archive, reader: Reader, state: Standing) -> PermissionRecord:
    return PermissionRecord(state, archive.text_in(reader, state.id, state.values))


def limits(archive: Archive, now: int) -> list[LimitRecord]:
    """The limits of the active policy, each with its budgets of which something is used at that time (µs)."""
    with archive.read() as reader:
        policy = read_active(reader, archive.tenant)
        if not isinstance(policy, Policy) or not policy.limits:
            return []
        budgets = archive.page_in(reader, "budget", None, SHOWN)
        known = {limit.id: limit for limit in policy.limits}
        found: dict[str, list[BudgetRecord]] = {one: [] for one in known}
        for one in budgets:
            if isinstance(one, Budget) and one.limit in known:
                record = _budget(archive, reader, one, known[one.limit], now)
                found[one.limit] += [record] if record.used is None or Decimal(record.used) else []
    return [LimitRecord(limit, tuple(found[limit.id])) for limit in policy.limits]


def _budget(archive: Archive, reader: Reader, state: Budget, limit: Limit, now: int) -> BudgetRecord:
    kept = archive.text_in(reader, state.id, state.window)
    stands = Window(unsure_until=now + 1) if isinstance(kept, Erased) else window(kept)
    used = stands.used(now, limit.within)
    left = None if used is None else max(Decimal(limit.at_most) - used, Decimal(0))
    key = archive.text_in(reader, state.id, state.key)
    return BudgetRecord(state.id, key, None if used is None else written(used), None if left is None else written(left))
