"""A ticket leads back to an action that was proposed: its state, its decision, and its result once there is one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from ..backend import Decision, Wait
from ..clock import to_datetime
from ..engine.request import answer_of
from .conduct import Steps, follow
from .effects import Look
from .ending import decision_of
from .memory import remember

if TYPE_CHECKING:
    from .call import Call
    from .gate import Gate

R_co = TypeVar("R_co", covariant=True)


@dataclass(frozen=True)
class _Leads:
    """What every ticket has, whatever its colour."""

    gate: Gate
    id: str
    name: str
    call: Call | None = None

    def _answer(self) -> dict[str, Any]:
        return answer_of(self.gate.backend.action(self.id).state, {})

    @property
    def status(self) -> str:
        """The action's present state, such as "held", "cleared" or "succeeded"."""
        return str(self._answer()["status"])

    @property
    def review(self) -> str | None:
        """The id of the review that holds the action, or the last one that did."""
        found: str | None = self._answer()["asked"]
        return found

    @property
    def decision(self) -> Decision | None:
        """Who decided the last review, how, and what they wrote; `None` while it is open."""
        return decision_of(self.gate.backend, self._answer())

    @property
    def deadline(self) -> datetime | None:
        """Until when people may decide; `None` when nobody is asked now."""
        answer = self._answer()
        return to_datetime(self.gate.backend.review(answer["review"]).state.deadline) if answer["review"] else None

    @property
    def estimated_wait(self) -> Wait | None:
        """How long people will probably take, as a range, or why nobody can tell; `None` when nobody is asked now."""
        review = self._answer()["review"]
        return self.gate.backend.feedback.expected_wait(review) if review else None

    def _follow(self, timeout: float | None) -> Steps:
        gated = self.call.gated if self.call else self.gate.registry.get(self.name)
        if gated is not None and self.call is None and gated.schema.has_local:
            gated = None
        local = self.call.local if self.call else {}
        remember(self.gate.seat, self.id)
        answer = yield Look(self._answer)
        return (yield from follow(self.gate.seat, gated, local, answer, timeout))


class Ticket(_Leads, Generic[R_co]):
    """A proposed action of a synchronous function."""

    def wait(self, timeout: float | None = None) -> R_co:
        """The result, executed here if this process has the function. Raises as the call would, and `WaitTimeout`."""
        result: R_co = self.gate.drive(self._follow(timeout))
        return result


class AsyncTicket(_Leads, Generic[R_co]):
    """A proposed action of an async function."""

    async def wait(self, timeout: float | None = None) -> R_co:
        """The result, executed here if this process has the function. Raises as the call would, and `WaitTimeout`."""
        result: R_co = await self.gate.adrive(self._follow(timeout))
        return result
