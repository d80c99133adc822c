"""AgentBarrier's view of the product: its actions go through a rail, a person decides, and the receipts are the log's.

`python -m agentbarrier verify tests.conformance.handrail_adapter:HandrailAdapter` runs the suite on a file that is gone
afterwards; HANDRAIL_SUITE_HOLD=action is for `--approval-profile per-action`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any, Final

import orjson
from agentbarrier import (
    ActionRequest,
    AgentAdapter,
    AuditEvent,
    AuditReceipt,
    Capability,
    ReconciliationEvidence,
    ReconciliationStatus,
    RunHandle,
    RunOutcome,
    RunStatus,
    action_digest,
)
from agentbarrier.errors import AmbiguousEffectError
from agentbarrier.probe import EffectProbe

import handrail
from handrail.backend import Event

from .places import Place, place

LOOK: Final = 0.02
"""Seconds between looks whether an action's outcome is unknown, which a waiting call is not told."""
STATUSES: Final = {
    ReconciliationStatus.COMMITTED: "happened", ReconciliationStatus.NOT_COMMITTED: "retry",
}  # fmt: skip
RECEIPTS: Final = {
    ("review.decided", "approve"): AuditEvent.APPROVED, ("review.decided", "edit"): AuditEvent.APPROVED,
    ("review.decided", "reject"): AuditEvent.REJECTED, ("run.opened", None): AuditEvent.RUN_STARTED,
    ("run.finished", None): AuditEvent.RUN_COMPLETED, ("review.opened", "held"): AuditEvent.APPROVAL_REQUESTED,
    ("review.opened", "outcome_unknown"): AuditEvent.RECONCILIATION_STARTED,
    ("review.decided", "happened"): AuditEvent.RECONCILIATION_COMMITTED,
    ("review.decided", "retry"): AuditEvent.RECONCILIATION_NOT_COMMITTED,
    ("review.commented", "conflict"): AuditEvent.RECONCILIATION_CONFLICT,
    ("review.commented", "timed out"): AuditEvent.RECONCILIATION_TIMED_OUT,
}  # fmt: skip
"""Entries of the log, by type and what they say, as the suite's events."""


@contextlib.contextmanager
def _somewhere() -> Iterator[Place]:
    """A database that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, place(f"{folder}/suite.db", served=False) as found:
        yield found


class HandrailAdapter(AgentAdapter):
    """Drives one rail; `hold` says whether one held action holds its run or only itself."""

    name = "handrail"
    capabilities = frozenset(Capability)

    def __init__(self, where: Place | None = None, hold: Any = None) -> None:
        self._opened = contextlib.ExitStack()
        self.where = where or self._opened.enter_context(_somewhere())
        self.hold: Any = hold or os.environ.get("HANDRAIL_SUITE_HOLD", "run")
        self._count = count(1)

    async def begin(
        self, *, run_id: str, actions: Sequence[ActionRequest], effect: EffectProbe,
        timeout_seconds: float | None = None,
    ) -> RunHandle:  # fmt: skip
        return Handle(self, run_id, f"{run_id}/{next(self._count)}", tuple(actions), effect, timeout_seconds)


class Handle(RunHandle):
    """One execution of a run: its actions are proposed in order and waited for together."""

    def __init__(
        self, adapter: HandrailAdapter, run_id: str, name: str, actions: tuple[ActionRequest, ...], effect: EffectProbe,
        limit: float | None,
    ) -> None:  # fmt: skip
        self.adapter, self.run_id, self.name, self.actions, self.effect, self.limit = (
            adapter, run_id, name, actions, effect, limit,
        )  # fmt: skip
        self.where, self.rail = adapter.where, adapter.where.rail
        self.tickets: dict[str, handrail.AsyncTicket[Any]] = {}
        self.proposed = asyncio.Event()
        self.task = asyncio.ensure_future(self._outcome())

    async def _outcome(self) -> RunOutcome:
        try:
            async with asyncio.timeout(self.limit):
                unknown = await self._live()
        except TimeoutError:
            return RunOutcome(RunStatus.TIMED_OUT)
        except asyncio.CancelledError:
            return RunOutcome(RunStatus.CANCELLED)
        return RunOutcome(RunStatus.UNKNOWN if unknown else RunStatus.COMPLETED)

    async def _live(self) -> bool:
        """Propose, wait, and say whether an outcome is unknown."""
        async with self.rail.run_async(self.name, hold=self.adapter.hold):
            for action in self.actions:
                parent = self.tickets[action.parent_action_id].id if action.parent_action_id else None
                gated = self._gated(action).having(key=action.action_id, parent=parent)
                self.tickets[action.action_id] = await gated.propose(action.action_id, dict(action.arguments))
            self.proposed.set()
            return any(await asyncio.gather(*map(self._settled, self.tickets.values())))

    def _gated(self, action: ActionRequest) -> Any:
        async def write(action_id: str, arguments: Any) -> str:
            try:
                return await self.effect(ActionRequest(action_id, action.tool_name, arguments))
            except AmbiguousEffectError as error:
                raise handrail.OutcomeUnknown(str(error)) from error

        return self.rail.approval(name="sentinel.write" if action.requires_approval else "sentinel.free")(write)

    async def _settled(self, ticket: handrail.AsyncTicket[Any]) -> bool:
        """Wait for an action's end; whether it has none, because people are to say whether it took effect."""
        waiting = asyncio.ensure_future(ticket.wait())
        try:
            while not (await asyncio.wait({waiting}, timeout=LOOK))[0]:
                if await asyncio.to_thread(lambda: ticket.status) == "unknown":
                    return True
            with contextlib.suppress(handrail.Denied):
                waiting.result()
            return False
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async def wait_for_pending(self, timeout_seconds: float) -> tuple[ActionRequest, ...]:
        await asyncio.wait_for(self.proposed.wait(), timeout_seconds)
        return tuple(action for action in self.actions if action.requires_approval)

    async def approve(self, action_id: str, replacement: ActionRequest | None = None) -> None:
        args = {"action_id": action_id, "arguments": dict(replacement.arguments)} if replacement else None
        await self._decide(action_id, "edit" if replacement else "approve", None, args)

    async def reject(self, action_id: str, reason: str | None = None) -> None:
        await self._decide(action_id, "reject", reason, None)

    async def _decide(self, action_id: str, outcome: str, note: str | None, args: Any) -> None:
        def decide() -> None:
            review = self.tickets[action_id].review
            assert review
            value = "as the journal says" if outcome == "happened" else None
            self.where.decide(review, outcome, note, args, value)

        await asyncio.to_thread(decide)

    async def cancel(self) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})

    async def wait(self, timeout_seconds: float) -> RunOutcome:
        try:
            return await asyncio.wait_for(asyncio.shield(self.task), timeout_seconds)
        except TimeoutError:
            return RunOutcome(RunStatus.FAILED, "it did not end in time")

    async def reconcile(self, action_id: str, timeout_seconds: float) -> ReconciliationEvidence:
        """Look where the effect would be, and answer the review that asks whether it is there."""
        action = next(one for one in self.actions if one.action_id == action_id)
        try:
            evidence = await asyncio.wait_for(self.effect.reconcile(action), timeout_seconds)
        except TimeoutError:
            evidence = ReconciliationEvidence(
                action_id, ReconciliationStatus.UNAVAILABLE, action_digest(action), detail="the look-up timed out"
            )
        outcome = STATUSES.get(evidence.status)
        if outcome is not None:
            await self._decide(action_id, outcome, evidence.detail, None)
        else:
            word = "conflict" if evidence.status is ReconciliationStatus.CONFLICT else "timed out"
            await asyncio.to_thread(lambda: self.where.comment(str(self.tickets[action_id].review), word))
        return evidence

    async def replay(self) -> RunHandle:
        return await self.adapter.begin(
            run_id=self.run_id, actions=self.actions, effect=self.effect, timeout_seconds=self.limit
        )

    async def audit_receipts(self) -> tuple[AuditReceipt, ...]:
        return await asyncio.to_thread(lambda: tuple(sorted(self._receipts(), key=lambda one: one.sequence)))

    def _receipts(self) -> Iterator[AuditReceipt]:
        backend = self.rail.core.backend
        for event in backend.history(backend.run_id(self.name)):
            yield from self._receipt(event, None)
        for action in self.actions:
            ticket = self.tickets[action.action_id]
            stored = orjson.loads(backend.action(ticket.id).args or "{}")["arguments"]
            reviews = {one.data["review"] for one in backend.history(ticket.id) if one.data.get("review")}
            for event in (event for review in sorted(map(str, reviews)) for event in backend.history(review)):
                yield from self._receipt(event, action.with_arguments(stored))

    def _receipt(self, event: Event, action: ActionRequest | None) -> Iterator[AuditReceipt]:
        said = {"review.opened": event.data.get("cause"), "review.decided": event.data.get("outcome")}
        words = event.texts.get("note") if event.type == "review.commented" else said.get(event.type)
        found = RECEIPTS.get((event.type, words))  # type: ignore[arg-type]
        if found is not None:
            digest = action_digest(action) if action else None
            name = action.action_id if action else None
            yield AuditReceipt(event.index + 1, self.run_id, found, event.at * 1000, name, digest)

    async def close(self) -> None:
        if not self.task.done():
            await self.cancel()
