"""What somebody who waits for an action or a run hears of it, and how they wait."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..action.model import Action
from ..errors import Unavailable, UnknownAction, UnknownRun
from ..run.model import Run
from .outage import aoutlasting, outlasting
from .request import Answer, answer_of

if TYPE_CHECKING:
    from .archive import Archive
    from .keeper import Keeper


@dataclass
class News:
    """The newest state of an action or a run that is beyond `rev`, from whatever thread it comes."""

    rev: int
    state: Action | Run | None = None
    closed: bool = False

    def take(self, state: Any) -> bool:
        """Keep a state, or that the database was closed; whether it is news."""
        if state is None:
            self.closed = True
            return True
        if state.rev <= self.rev:
            return False
        self.rev, self.state = state.rev, state
        return True

    def require_open(self) -> None:
        """Raise `Unavailable` where the database was closed before there was any news."""
        if self.state is None and self.closed:
            raise Unavailable("the database was closed here while this call waited; what it waited for stays as it is")


def wait(keeper: Keeper, archive: Archive, subject: str, news: News, timeout: float | None) -> Answer | None:
    """Block until there is news of the action or run; `None` once `timeout` seconds are over.

    Raises `UnknownAction`, and `UnknownRun`.
    """
    moved = threading.Event()
    stop = keeper.watch(archive.tenant, subject, lambda state: moved.set() if news.take(state) else None)
    try:
        if not news.take(outlasting(lambda: _life(archive, subject), timeout)):
            moved.wait(timeout)
        news.require_open()
        return outlasting(lambda: _answer(archive, news), timeout)
    finally:
        stop()


async def await_(keeper: Keeper, archive: Archive, subject: str, news: News, timeout: float | None) -> Answer | None:
    """Like `wait`, without holding a thread."""
    import asyncio

    loop = asyncio.get_running_loop()
    moved = asyncio.Event()

    def tell(state: Any) -> None:
        if news.take(state):
            moved.set()

    stop = keeper.watch(archive.tenant, subject, tell, loop)
    try:
        if not news.take(await aoutlasting(lambda: _life(archive, subject), timeout, asyncio.sleep)):
            async with asyncio.timeout(timeout):
                await moved.wait()
    except TimeoutError:
        return None
    finally:
        stop()
    news.require_open()
    return await aoutlasting(lambda: _answer(archive, news), timeout, asyncio.sleep)


def follow(keeper: Keeper, archive: Archive, run: str, tell: Callable[[Any], None]) -> Callable[[], None]:
    """Tell how a run stands now, and after each change, from any thread; returns how to stop. Raises `UnknownRun`."""
    stop = keeper.watch(archive.tenant, run, tell)
    try:
        tell(archive.run(run)[0])
    except BaseException:
        stop()
        raise
    return stop


def _life(archive: Archive, subject: str) -> Action | Run:
    state = archive.state(subject)
    if isinstance(state, Action | Run):
        return state
    if subject.startswith("run_"):
        raise UnknownRun(f"no run {subject} is in this database")
    raise UnknownAction(f"no action {subject} is in this database")


def _answer(archive: Archive, news: News) -> Answer | None:
    state = news.state
    if state is None:
        return None
    review = state.review if isinstance(state, Action) else None
    return answer_of(state, {review: archive.state(review)} if review else {})
