"""A demo agent inside the server, for an inbox that is still empty: one approval, then one question about it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from ..directory.commands import PutAgent
from ..errors import Denied, HandrailError, NotReady, Unavailable
from ..gate.memory import last_decision
from ..gate.notice import Notice
from ..principal import agent
from ..rail import Rail

if TYPE_CHECKING:
    from .service import Service

log: Final = logging.getLogger("handrail.server")
AGENT: Final = "demo-agent"
WITHIN: Final = "15m"
WORDS: Final = "Hello. Saying this changes nothing."
OPTIONS: Final = ("It was clear", "Something was unclear")
_SAID: Final = {"approve": "approved it", "reject": "rejected it", "send_back": "sent it back"}


class Trials:
    """The demo agents at work in this process: at most one in a tenant. Used on the event loop alone."""

    def __init__(self, service: Service) -> None:
        self._service: Final = service
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def running(self, tenant: str) -> bool:
        """Whether a demo agent is at work."""
        return tenant in self._tasks

    async def start(self, tenant: str, who: str) -> str:
        """Set a demo agent to work that asks `who` (`user:ann`); the id of its first review.

        Raises `NotReady` while one is at work, and `Denied` where the policy does not let it ask.
        """
        if self._service.draining:
            raise Unavailable("the server is about to stop: start the demo agent at the next one")
        if self.running(tenant):
            raise NotReady("the demo agent is at work already: decide what it asks; if nobody does, it ends by itself")
        opened: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(_work(self._service, tenant, who, opened))
        self._tasks[tenant] = task
        task.add_done_callback(lambda done: self._over(tenant, done, opened))
        return await asyncio.shield(opened)

    def _over(self, tenant: str, task: asyncio.Task[None], opened: asyncio.Future[str]) -> None:
        del self._tasks[tenant]
        error = Unavailable("the server is about to stop") if task.cancelled() else task.exception()
        if not opened.done():
            opened.set_exception(error or NotReady("nothing waits for you: the policy lets everything run unasked"))
        elif error is not None and not isinstance(error, HandrailError):
            log.error("the demo agent failed", exc_info=error)

    async def end(self) -> None:
        """Let each take back what it asks, so that none outlives the server."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)


class _Told(Notice):
    """Learns which review was opened first, and writes nothing."""

    def __init__(self, opened: asyncio.Future[str]) -> None:
        super().__init__(_unread, "", quiet=True)
        self._opened: Final = opened

    async def atell(self, answer: dict[str, Any]) -> None:
        """An action is held."""
        if not self._opened.done():
            self._opened.set_result(answer["review"])


def _unread() -> Any:
    raise AssertionError("a notice that writes nothing reads nothing")


async def _work(service: Service, tenant: str, who: str, opened: asyncio.Future[str]) -> None:
    """Nobody answers for this agent, so that nobody is barred from deciding what it asks."""
    names = service.accounts.directory(tenant).names
    backend = service.acting(tenant, agent(names.agent(AGENT), ""))
    await backend.acall(backend.actor.id, PutAgent("", AGENT, ""))
    rail = Rail(backend, _Told(opened), reviewers=who)

    async def say(words: str) -> str:
        return f"{_decided()}, so I said: {words}"

    asked = rail.approval(
        name="demo.say", within=WITHIN, risk="low", reversible=True, describe="Say a few words",
        impact="none: the words become the result and go nowhere",
    )  # fmt: skip
    told = await _answered(asked(say))
    await rail.ask_async(f"{told} How was that?", options=list(OPTIONS), within=WITHIN)


async def _answered(say: Any) -> str:
    """What became of the approval, in words. Raises `Denied` where no person decided it."""
    try:
        return str(await say(WORDS))
    except Denied as denied:
        if denied.decision is None:
            raise
        return f"{_decided()}, so I said nothing."


def _decided() -> str:
    """How the last review ended, in words."""
    found = last_decision()
    if found is None:
        return "Nobody was asked"
    words = "approved an edited version" if found.edited else _SAID.get(found.outcome, found.outcome)
    return f'{found.by} {words} and wrote "{found.note}"' if found.note else f"{found.by} {words}"
