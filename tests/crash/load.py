"""Everybody at once on one server: agents over HTTP and on the database itself, a person who decides, readers of the
stream; each in a thread that goes on until it is told to stop."""

from __future__ import annotations

import itertools
import random
import threading
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import httpx2

import handrail
from handrail.errors import HandrailError, Outcome, WaitTimeout
from tests.crash import ledger
from tests.e2e.served import House

REMOTE: Final = 3
EMBEDDED: Final = 2
READERS: Final = 3
PACE: Final = 0.02
"""Seconds between two asks of one agent: below what a server lets one agent ask."""
CHOICES: Final = ("approve", "approve", "approve", "edit", "reject", "nothing")
UNSEEN: Final = ("0", "1")
"""Reviews whose ids end so are never looked at, and expire."""


class Load:
    """What runs, what it did, and what broke."""

    def __init__(self, house: House, folder: Path, seed: int) -> None:
        self.house, self.folder = house, folder
        self.random = random.Random(seed)
        self.over = threading.Event()
        self.done: Counter[str] = Counter()
        self.broken: list[str] = []
        self.ledger = ledger.Ledger(folder)
        self._threads: list[threading.Thread] = []
        house.send("ann", "GET", "/me")
        house.send("ben", "GET", "/me")

    def start(self) -> None:
        """Let everybody begin."""
        for number in range(REMOTE):
            key = self.house.key(f"remote{number}")
            rail = handrail.connect(self.house.url, key=key, reviewers="group:treasury", quiet=True)
            self._go(self._agent, rail, f"remote{number}")
        for number in range(EMBEDDED):
            rail = handrail.connect(
                f"sqlite:///{self.house.path}", agent=f"embedded{number}", reviewers="group:treasury", quiet=True
            )
            self._go(self._agent, rail, f"embedded{number}")
        self._go(self._decide, 0)
        for number in range(READERS):
            self._go(self._read, number)

    def _go(self, act: Callable[..., None], *args: Any) -> None:
        chance = random.Random(self.random.random())
        one = threading.Thread(target=self._guarded, args=(act, chance, *args))
        one.start()
        self._threads.append(one)

    def _guarded(self, act: Callable[..., None], *args: Any) -> None:
        try:
            act(*args)
        except BaseException:
            self.broken.append(traceback.format_exc())

    def stop(self, seconds: float) -> None:
        """Tell everybody to end, and wait for it."""
        self.over.set()
        for one in self._threads:
            one.join(seconds)
            assert not one.is_alive(), f"{one.name} is stuck"

    def _agent(self, chance: random.Random, rail: handrail.Rail, name: str) -> None:
        """Calls that wait, that are waited for later, that nobody waits for, and that fail."""

        def effect(token: str, amount: int) -> int:
            self.ledger.note("effect", token, amount)
            if amount % 10 == 9:
                raise ValueError("it did not work")
            return amount

        act = rail.approval(name=f"effect.{name}", within="3s")(effect)
        for count in itertools.count():
            if self.over.wait(PACE):
                break
            token = f"{name}/{count}"
            try:
                self._call(chance, act, token)
            except (Outcome, WaitTimeout, ValueError) as error:
                self.done[type(error).__name__] += 1
        rail.close()

    def _call(self, chance: random.Random, act: Any, token: str) -> None:
        amount = chance.randrange(100)
        match chance.choice(("call", "wait", "leave", "key")):
            case "call":
                act(token, amount)
            case "key":
                act.having(key=token)(token, amount)
            case "wait":
                act.propose(token, amount).wait(10)
            case _:
                act.propose(token, amount)
        self.done["returned"] += 1

    def _decide(self, chance: random.Random, _: int) -> None:
        """Ben decides what he sees, in some way or not at all."""
        while not self.over.wait(0.01):
            for row in self.house.send("ben", "GET", "/inbox?limit=20")["items"]:
                outcome = chance.choice(CHOICES)
                if outcome == "nothing" or row["kind"] != "approval" or row["id"].endswith(UNSEEN):
                    continue
                try:
                    self._answer(row["id"], outcome)
                    self.done[outcome] += 1
                except AssertionError:
                    self.done["too late"] += 1

    def _answer(self, review: str, outcome: str) -> None:
        shown = self.house.send("ben", "GET", f"/reviews/{review}/page")
        body: dict[str, Any] = {"outcome": outcome, "view": shown["view"]["digest"], "seen": shown["unseen"]}
        if outcome == "edit":
            body["args"] = {**shown["raw"], "amount": shown["raw"]["amount"] + 1}
        self.house.send("ben", "POST", f"/reviews/{review}/decisions", body)

    def _read(self, chance: random.Random, _: int) -> None:
        """A browser that follows the stream for a while, goes away and comes back."""
        position = ""
        while not self.over.is_set():
            headers = {"Authorization": f"Bearer {self.house.people['ben']}"}
            if position:
                headers["Last-Event-ID"] = position
            left = chance.randrange(5, 500)
            try:
                with httpx2.stream(
                    "GET", f"{self.house.url}/v1/stream?topics=inbox", headers=headers, timeout=60
                ) as stream:
                    for line in stream.iter_lines():
                        position = line.partition(": ")[2] if line.startswith("id:") else position
                        left -= line.startswith("event:")
                        if not left or self.over.is_set():
                            break
            except (httpx2.HTTPError, HandrailError):
                self.done["stream lost"] += 1
            self.done["streams"] += 1
