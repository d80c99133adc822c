"""Processes at work on one database, and somebody who disturbs them; and what must hold afterwards."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path

import orjson

from handrail.action.model import Action
from tests.crash import ledger
from tests.crash.books import Books, open_books
from tests.crash.clock import SharedClock
from tests.crash.places import Place
from tests.crash.worker import Order, hand, work

NAMES = ("left", "right")
"""Two with agents and people."""
HAND = "hand"
"""One that only executes what others proposed."""
PATIENCE = 60
LEASE_PART = "20s"
"""Time moves by this with each kill: executors that live renew their leases meanwhile, those of the dead end."""


class Parent:
    """Starts workers on a URL, disturbs them at random, starts them again."""

    def __init__(self, folder: Path, url: str, seed: int) -> None:
        self.folder, self.url = folder, url
        self.random = random.Random(seed)
        self.clock = SharedClock(folder / "clock")
        self.processes = multiprocessing.get_context("forkserver")
        self.processes.set_forkserver_preload(["tests.crash.worker"])

    def start(self, name: str, *, last: bool = False) -> BaseProcess:
        order = Order(self.folder, self.url, name, self.random.randrange(2**32), last)
        target = hand if name == HAND else work
        process = self.processes.Process(target=target, args=(order,), daemon=True)
        process.start()
        return process

    def kill(self, process: BaseProcess) -> None:
        assert process.is_alive(), f"a worker ended by itself: {ledger.read(self.folder, 'broken')}"
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()

    def rage(self, kills: int) -> None:
        """Kill one worker after another, each up to half a second after the last."""
        workers = {name: self.start(name) for name in (*NAMES, HAND)}
        for _ in range(kills):
            name = self.random.choice((*NAMES, HAND))
            workers[name].join(self.random.uniform(0, 0.5))
            self.kill(workers[name])
            self.clock.advance(LEASE_PART)
            workers[name] = self.start(name)
        for process in workers.values():
            self.kill(process)

    def disturb(self, times: int, how: Callable[[], None]) -> None:
        """Let both work, and do something to what is beneath them, up to half a second after the last time."""
        workers = [self.start(name) for name in (*NAMES, HAND)]
        for _ in range(times):
            workers[0].join(self.random.uniform(0, 0.5))
            how()
            self.clock.advance(LEASE_PART)
        for process in workers:
            self.kill(process)

    def drain(self) -> None:
        """Let everybody finish the run they are in, with time moving on so that the dead lose their leases."""
        workers = [self.start(name, last=True) for name in (*NAMES, HAND)]
        for _ in range(PATIENCE * 10):
            self.clock.advance(LEASE_PART)
            if len(ledger.read(self.folder, "drained")) == len(NAMES):
                break
            workers[0].join(0.1)
        for process in workers:
            self.kill(process)
        assert [why for _, why in ledger.read(self.folder, "broken")] == []
        assert len(ledger.read(self.folder, "drained")) == len(NAMES), "somebody waits for ever"


def canonical(token: str, amount: int) -> str:
    return orjson.dumps({"amount": amount, "token": token}).decode()


def check(at: Place) -> Books:
    """The zeros: lost decisions, effects twice or without a grant, transitions without an entry."""
    books, folder = open_books(at.address), at.folder
    books.args |= dict(ledger.read(folder, "erased"))
    outcomes, starts = books.outcomes(), books.starts()
    lost = [told for told in ledger.read(folder, "decided") if outcomes.get(told[0]) != told[1]]
    assert lost == []
    assert [told for told in ledger.read(folder, "proposed") if told[0] not in books.states] == []
    effects = Counter(canonical(token, amount) for token, amount in ledger.read(folder, "effect"))
    assert effects - starts == Counter(), "effects without a start, or more often than started"
    return books


def check_results(folder: Path, books: Books) -> None:
    """Every result that a caller was given is the result of an action that succeeded; nothing is left over."""
    actions = {books.args[state.bind]["token"]: state for state in books.states.values() if isinstance(state, Action)}
    returned = {token for token, _ in ledger.read(folder, "returned")}
    assert {token for token in returned if actions[token].status != "succeeded"} == set()
    fenced = {token for token, error in ledger.read(folder, "raised") if error == "FencedOff"}
    ends = {state.status for token, state in actions.items() if token not in fenced}
    assert ends <= {"succeeded", "failed", "refused", "unknown"}
