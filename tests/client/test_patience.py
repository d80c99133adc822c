"""A wait goes on while the server is away, and ends in time all the same."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from handrail.client import lease, patience
from handrail.client.patience import auntil, until
from handrail.errors import FencedOff, HandrailError, TooMany, Unavailable


class Answers:
    """Gives one after the other, and counts; an error is raised."""

    def __init__(self, *answers: Any) -> None:
        self.left = list(answers)
        self.shares: list[int] = []

    def __call__(self, share: int) -> Any:
        self.shares.append(share)
        found = self.left.pop(0) if len(self.left) > 1 else self.left[0]
        if isinstance(found, HandrailError):
            raise found
        return found

    async def later(self, share: int) -> Any:
        return self(share)


Way = Callable[[Answers, float | None], Any]


def sync(answers: Answers, timeout: float | None) -> Any:
    return until(answers, timeout)


def loop(answers: Answers, timeout: float | None) -> Any:
    return asyncio.run(auntil(answers.later, timeout))


@pytest.fixture(params=[sync, loop])
def wait(request: pytest.FixtureRequest) -> Way:
    way: Way = request.param
    return way


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "FIRST", 0.001)


def test_a_server_that_is_away_and_comes_back_is_asked_again(wait: Way):
    answers = Answers(Unavailable("away"), Unavailable("away"), None, TooMany("busy", retry_after=0), {"rev": 2})
    assert wait(answers, None) == {"rev": 2}
    assert len(answers.shares) == 5


def test_without_any_answer_for_too_long_the_wait_ends_with_the_error(wait: Way, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patience, "OUTAGE", 0.005)
    with pytest.raises(Unavailable, match="away"):
        wait(Answers(Unavailable("away")), None)


def test_an_answer_in_between_begins_the_count_of_the_outage_anew(wait: Way, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(patience, "OUTAGE", -1.0)
    with pytest.raises(Unavailable):
        wait(Answers(None, Unavailable("away")), None)
    monkeypatch.setattr(patience, "OUTAGE", 60.0)
    assert wait(Answers(Unavailable("away"), None, Unavailable("away"), "moved"), None) == "moved"


def test_the_time_that_was_given_ends_the_wait_also_while_the_server_is_away(wait: Way):
    assert wait(Answers(Unavailable("away")), 0.01) is None
    assert wait(Answers(None), 0.01) is None


def test_a_long_wait_asks_for_whole_seconds_that_one_request_may_last(wait: Way):
    answers = Answers("moved")
    wait(answers, None)
    wait(answers, 3.9)
    wait(answers, 0)
    assert answers.shares == [patience.POLL, 3, 0]


def test_other_errors_end_the_wait_at_once(wait: Way):
    with pytest.raises(FencedOff):
        wait(Answers(FencedOff("another has it")), None)


class Server:
    """Renews what is held as often as it is asked, and tells when it was asked often enough."""

    def __init__(self, answer: Callable[[int], bool], enough: int) -> None:
        self.answer, self.enough = answer, enough
        self.fences: list[int] = []
        self.done = threading.Event()

    def __call__(self, held: list[lease.Held]) -> set[str]:
        self.fences += [fence for _, fence, _ in held]
        if len(self.fences) >= self.enough:
            self.done.set()
        return {action for action, fence, _ in held if self.answer(fence)}


def test_a_renewal_without_an_answer_is_repeated_soon(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease, "EVERY", 0.001)
    monkeypatch.setattr(lease, "AGAIN", 0.001)

    def away(_: int) -> bool:
        monkeypatch.setattr(lease, "EVERY", 3600)
        raise Unavailable("away")

    server = Server(away, enough=3)
    renewals = lease.Renewals(server)
    renewals.hold("act_1", 1, "exe_1")
    assert server.done.wait(20)
    renewals.close()


def test_what_another_executes_by_now_is_renewed_no_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lease, "EVERY", 0.001)

    server = Server(lambda fence: fence != 1, enough=10)
    renewals = lease.Renewals(server)
    renewals.hold("act_1", 1, "exe_1")
    renewals.hold("act_2", 2, "exe_1")
    assert server.done.wait(20)
    renewals.close()
    assert server.fences.count(1) == 1
