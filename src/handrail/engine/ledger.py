"""What people read about limits, standing permissions and stops: what is used, let run without asking, or stopped."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from ..backend import BudgetRecord, LimitRecord, PermissionRecord, StopRecord
from ..codec.records import read_state
from ..errors import NotFound
from ..policy.budget import Budget, Window, window
from ..policy.limits import Limit, written
from ..policy.rules import Policy
from ..policy.standing import Standing
from ..policy.stops import Stop
from ..store.protocol import Reader
from ..view.model import Erased
from .archive import Archive
from .reads import read_active
from .rows import Names
from .stops import LOOKED, begun

SHOWN = 500
"""Budgets that are told, the newest; of more than these nobody reads all."""


def permissions(archive: Archive, after: str | None, limit: int) -> list[PermissionRecord]:
    """Standing permissions, newest first, also those that ended."""
    with archive.read() as reader:
        found = archive.page_in(reader, "standing", after, limit)
        return [_permission(archive, reader, one) for one in found if isinstance(one, Standing)]


def _permission(archive: Archive, reader: Reader, state: Standing) -> PermissionRecord:
    return PermissionRecord(state, archive.text_in(reader, state.id, state.values))


def stops(archive: Archive, after: str | None, limit: int) -> list[StopRecord]:
    """Stops, newest first, also those that were lifted."""
    with archive.read() as reader:
        found = archive.page_in(reader, "stop", after, limit)
        return [_stop(archive, reader, one) for one in found if isinstance(one, Stop)]


def stop(archive: Archive, stop: str) -> StopRecord:
    """One stop and, while it is in force, what had started before it. Raises `NotFound`."""
    with archive.read() as reader:
        state = archive.state_in(reader, stop)
        if not isinstance(state, Stop):
            raise NotFound(f"no stop {stop[:40]!a} is in this database: check the id")
        rows = reader.going(archive.tenant, "", LOOKED) if state.status == "present" else []
        lives = (read_state(row.kind, row.state) for row in rows)
        found = begun(archive.directory_in(reader), state, lives)
        return replace(_stop(archive, reader, state), begun=tuple(found))


def _stop(archive: Archive, reader: Reader, state: Stop) -> StopRecord:
    named = state.scope in ("agent", "team") and state.target is not None
    target = Names(archive.directory_in(reader)).of(state.target or "") if named else state.target
    reason, note = (archive.text_in(reader, state.id, one) for one in (state.note, state.end))
    return StopRecord(state, target, reason, note)


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
