"""What other processes of a test do, each on its own engine. Started from a server that has imported everything."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from handrail.action.commands import Claim, Propose, Start
from handrail.errors import AlreadyDecided, HandrailError, NotReady, StopInForce
from handrail.ids import mint
from handrail.policy.declaration import Declaration
from handrail.review.commands import Decide
from tests.engine.kit import Desk, proposal

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.engine.processes"])


def together(count: int, act: Callable[[int], None]) -> None:
    """Let that many threads begin at once, and wait for all."""
    gate = threading.Barrier(count)

    def begin(number: int) -> None:
        gate.wait()
        act(number)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def decide_all(path: str, threads: int, reviews: list[tuple[str, str]], start: Barrier, told: Connection) -> None:
    """Try to decide every review from every thread; tells `{review: [outcome or error of each thread]}`."""
    desk = Desk(path)
    assert desk.person.actor.kind == "human"
    heard: dict[str, list[str]] = {review: [] for review, _ in reviews}
    start.wait()

    def race(number: int) -> None:
        outcome: Any = "approve" if number % 2 else "reject"
        for review, view in reviews:
            try:
                desk.person.call(review, Decide(outcome, view))
                heard[review].append(outcome)
            except AlreadyDecided:
                heard[review].append("already decided")
            except HandrailError as error:
                heard[review].append(repr(error))

    together(threads, race)
    desk.close()
    told.send(heard)


def start_all(path: str, threads: int, actions: list[tuple[str, str]], start: Barrier, told: Connection) -> None:
    """Try to start every action from every thread; tells `{action: [executor or error of each thread]}`."""
    desk = Desk(path)
    assert desk.agent.actor.kind == "agent"
    heard: dict[str, list[str]] = {action: [] for action, _ in actions}
    start.wait()

    def race(number: int) -> None:
        for action, bind in actions:
            try:
                desk.agent.call(action, Start(f"exe_{os.getpid()}_{number}", bind))
                heard[action].append("started")
            except HandrailError as error:
                heard[action].append(type(error).__name__)

    together(threads, race)
    desk.close()
    told.send(heard)


def propose_for(path: str, seconds: float, start: Barrier, told: Connection) -> None:
    """Commit one proposal after another for that long; tells how many."""
    desk = Desk(path)
    assert desk.agent.actor.kind == "agent"
    over, count = threading.Event(), 0
    start.wait()
    timer = threading.Timer(seconds, over.set)
    timer.start()
    while not over.is_set():
        desk.agent.call(mint("act"), proposal())
        count += 1
    timer.join()
    desk.close()
    told.send(count)


def wait_for(path: str, action: str, rev: int, told: Connection) -> None:
    """Wait until the action moves; tells when it waits, then the status it moved to."""
    desk = Desk(path)
    assert desk.look(action)["rev"] == rev
    told.send("waiting")
    answer = desk.agent.wait(action, rev, 30)
    told.send(answer and answer["status"])
    desk.close()


def pay_for(path: str, threads: int, splits: list[list[str]], start: Barrier, told: Connection) -> None:
    """Ask for payments from every thread, each a split of its own; tells the amounts that started at once."""
    desk = Desk(path)
    assert desk.agent.actor.kind == "agent"
    started: list[str] = []
    start.wait()

    def race(number: int) -> None:
        for amount in splits[number]:
            command = Propose(
                "pay", f'{{"amount":"{amount}"}}', "sha256:0", "{}", Declaration("auto"), executor="exe_1", start=True
            )
            if desk.agent.call(mint("act"), command)["status"] == "started":
                started.append(amount)

    together(threads, race)
    desk.close()
    told.send(started)


def work_until_stopped(path: str, threads: int, start: Barrier, told: Connection) -> None:
    """Ask for and start one action after another from every thread, some in one commit and some in three, until that is
    stopped; tells how many were started."""
    desk = Desk(path)
    assert desk.agent.actor.kind == "agent"
    started: list[str] = []
    start.wait()

    def work(number: int) -> None:
        executor = f"exe_{os.getpid()}_{number}"
        command = Propose("pay", "{}", "sha256:0", "{}", Declaration("exceptions"), executor=executor)
        while True:
            try:
                asked = desk.agent.call(mint("act"), replace(command, start=number % 2 == 0))
                if asked["status"] != "started":
                    desk.agent.call(asked["id"], Claim(executor))
                    asked = desk.agent.call(asked["id"], Start(executor, asked["bind"], 1))
                started.append(asked["id"])
            except (StopInForce, NotReady):
                return

    together(threads, work)
    desk.close()
    told.send(len(started))
