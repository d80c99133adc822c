"""What is handed to the commit loop, and how its answer finds the way back to a thread or an event loop."""

from __future__ import annotations

import contextlib
import hmac
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import msgspec

from ..action.model import Action
from ..codec.records import State
from ..principal import Principal
from ..review.model import Review
from ..run.model import Run
from .room import Room

if TYPE_CHECKING:
    import asyncio

DEFAULT_TENANT: Final = "default"
Answer = dict[str, Any]


def tenant_secret(secret: bytes, tenant: str) -> bytes:
    """The secret under which a tenant's names are hashed: the database's own for the first tenant."""
    return secret if tenant == DEFAULT_TENANT else hmac.digest(secret, f"tenant|{tenant}".encode(), "sha256")


@dataclass(frozen=True, slots=True)
class Tick:
    """Do what is due on the stream, and nothing else."""


@dataclass(frozen=True, slots=True)
class Renew:
    """Keep the lease of a running action, for the executor that holds this fence, or of a watched run."""

    executor: str
    fence: int


LEASES: Final = 500
"""How many leases one request keeps."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """One lease that is to be kept: of which action, by which executor, under which fencing number; or of which watched
    run, by its process, under 0."""

    action: str
    executor: str
    fence: int


@dataclass(frozen=True, slots=True)
class RenewAll:
    """Keep the leases of all that a process executes."""

    leases: tuple[Renewal, ...]


@dataclass(frozen=True, slots=True)
class Refuse:
    """Record that the principal was refused before its command got here, with what it tried and why."""

    what: str
    why: str


@dataclass(slots=True)
class Request:
    """One top-level command. `id` makes it repeatable: the same id with the same content gets the first answer.

    A new action that would wait for people is refused where `room` has none left.
    """

    id: str
    subject: str
    command: Any
    actor: Principal
    tenant: str = DEFAULT_TENANT
    room: Room | None = None
    answer: Answer | None = None
    error: BaseException | None = None
    done: Callable[[Request], None] | None = None
    loop: asyncio.AbstractEventLoop | None = None

    def content(self) -> bytes:
        """What makes two commands the same."""
        return msgspec.json.encode((self.subject, type(self.command).__name__, self.command, self.actor.id))

    def result(self) -> Answer:
        """The answer. Raises the refusal."""
        if self.error is not None:
            raise self.error
        assert self.answer is not None
        return self.answer


@dataclass
class Latch:
    """Lets one thread wait for its request."""

    _event: threading.Event = field(default_factory=threading.Event)

    def __call__(self, request: Request) -> None:
        self._event.set()

    def wait(self) -> None:
        """Block until the request is done."""
        self._event.wait()


def deliver(requests: Iterable[Request]) -> None:
    """Hand out answers: to threads at once, to each event loop in one call; a loop that is closed wants none."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Request]] = {}
    for request in requests:
        if request.loop is not None:
            by_loop.setdefault(request.loop, []).append(request)
        elif request.done is not None:
            request.done(request)
    for loop, waiting in by_loop.items():
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_deliver_here, waiting)


def _deliver_here(requests: list[Request]) -> None:
    for request in requests:
        if request.done is not None:
            request.done(request)


def answer_of(state: State | None, related: Mapping[str, State | None]) -> Answer:
    """What the sender of a command learns: never arguments, notes or names."""
    match state:
        case Action():
            return _of_action(state, related.get(state.review or ""))
        case Review():
            return _of_review(state, related.get(state.action))
        case Run():
            return _of_run(state)
        case None:
            return {}
        case _:
            return {"id": state.id, "status": state.status, "rev": state.rev}


def _of_action(state: Action, review: State | None) -> Answer:
    answer: Answer = {
        "id": state.id, "status": state.status, "rev": state.rev, "reason": state.reason, "review": state.review,
        "asked": state.asked,
        "revision": state.revision, "bind": state.bind, "fence": state.fence, "attempt": state.attempt,
    }  # fmt: skip
    if isinstance(review, Review):
        answer |= {"deadline": review.deadline, "view": review.view}
    return answer


def _of_run(state: Run) -> Answer:
    """What its process goes by: what was asked of it last, how much it was told, whether it counts as lost."""
    return {
        "id": state.id, "status": state.status, "rev": state.rev, "control": msgspec.to_builtins(state.control),
        "guidance": state.guidance, "heard": state.heard, "lost": state.lost,
    }  # fmt: skip


def _of_review(state: Review, action: State | None) -> Answer:
    decision = state.decision
    return {
        "id": state.id, "status": state.status, "rev": state.rev, "round": state.round, "view": state.view,
        "action": state.action, "action_status": action.status if action else None,
        "outcome": decision.outcome if decision else None,
        "effective_at": decision.effective_at if decision else None,
    }  # fmt: skip
