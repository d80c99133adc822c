"""The demo company in processes of its own, and the people who decide there, over HTTP."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx2

from tests.architecture.rules import ROOT

T = TypeVar("T")
SECONDS: Final = 60
MINUTES: Final = 3
"""After which a mail does not come any more."""
TABLES: Final = ("customers", "orders", "products", "payments", "refunds", "purchases")


class Demo:
    """A running demo, and all that it said."""

    def __init__(self, folder: Path, *options: str) -> None:
        command = (sys.executable, "-m", "examples.shop", "--state", str(folder), "--no-browser", "--port", "0")
        self.running: Final = subprocess.Popen(
            [*command, *options], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, preexec_fn=_in_the_background,
        )  # fmt: skip
        self.said: list[str] = []
        self._more = threading.Condition()
        self._reader: Final = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.running.stdout is not None
        for line in self.running.stdout:
            self._note(line)
        self._note("")

    def _note(self, line: str) -> None:
        with self._more:
            self.said.append(line)
            self._more.notify_all()

    def line(self, *words: str, nth: int = 0) -> str:
        """Wait for the line that holds all the words, or for the nth after it."""
        with self._more:
            self._more.wait_for(lambda: len(self._with(words)) > nth or self.said[-1:] == [""], SECONDS)
            found = self._with(words)
            assert len(found) > nth, f"{words!r} was not said:\n{''.join(self.said)}"
            return found[nth]

    def _with(self, words: tuple[str, ...]) -> list[str]:
        return [line for line in self.said if all(word in line for word in words)]

    def press_enter(self) -> None:
        """What a person types."""
        assert self.running.stdin is not None
        self.running.stdin.write("\n")
        self.running.stdin.flush()

    def link(self, who: str, nth: int = 0) -> str:
        """The link that was printed for somebody."""
        return self.line(f"as {who} ", nth=nth).split()[-1]

    def process(self, agent: str) -> int:
        """The number of an agent's process."""
        found = re.search(rf"{agent} \(process (\d+)\)", " ".join(self.line("the server's log") and self.said))
        assert found
        return int(found[1])

    def mail(self, *words: str) -> str:
        """Look at the page of mail until there is one with all these words; gives it back as it is shown."""
        latest = time.monotonic() + MINUTES * 60
        with httpx2.Client(base_url=self.line("mail", "http").split()[1], timeout=SECONDS) as browser:
            while time.monotonic() < latest:
                for mail in browser.get("/").text.split("<li>"):
                    if all(word in mail for word in words):
                        return mail
                with suppress(subprocess.TimeoutExpired):
                    self.running.wait(0.1)
                    break
        raise AssertionError(f"no mail with {words!r} came:\n{''.join(self.said)}")

    def ctrl_c(self) -> int:
        """Stop; the exit code. One that does not stop is killed, so that no other test meets it."""
        self.running.send_signal(signal.SIGINT)
        try:
            return self.running.wait(SECONDS)
        finally:
            self.running.kill()
            self._reader.join(SECONDS)

    def close(self) -> None:
        """End it if it still runs."""
        if self.running.poll() is None:
            self.ctrl_c()
        for pipe in (self.running.stdin, self.running.stdout):
            assert pipe is not None
            pipe.close()


def _in_the_background() -> None:
    """As a shell starts what ends in `&`; Ctrl-C ends it all the same."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def running(folder: Path, *options: str) -> Iterator[Demo]:
    """A demo for the time of a block."""
    demo = Demo(folder, *options)
    try:
        yield demo
    finally:
        demo.close()


class Browser:
    """Somebody's browser, signed in by a link."""

    def __init__(self, link: str) -> None:
        base = link.partition("/sign-in/")[0]
        self.client: Final = httpx2.Client(base_url=base, timeout=SECONDS)
        self.client.headers.update({"Origin": base, "Sec-Fetch-Site": "same-origin"})
        self.pressed: Final = self.client.post(link)
        self.me: Final[dict[str, Any]] = self.client.get("/v1/me").json()
        self.client.headers["X-CSRF-Token"] = self.me.get("csrf") or ""

    def waiting(self) -> list[dict[str, Any]]:
        """Everything that waits for people."""
        found: list[dict[str, Any]] = self.client.get("/v1/reviews").json()["items"]
        return found

    def until(self, found: Callable[[list[dict[str, Any]]], T | None]) -> T:
        """Look at what waits, again whenever something happened, until it is found."""
        size = 0
        while (result := found(self.waiting())) is None:
            headers = {"Prefer": "wait=20"}
            size = self.client.get(f"/v1/log?size={size}", headers=headers).json()["size"]
        return result

    def find(self, action: str, *words: str, but: str = "") -> dict[str, Any]:
        """The review of an action with these words in its arguments, once it is there."""

        def fits(one: dict[str, Any]) -> bool:
            named = one["action"]["state"]["name"] == action and one["state"]["id"] != but
            return named and all(word in str(one["action"]["args"]) for word in words)

        return self.until(lambda waiting: next(filter(fits, waiting), None))

    def decide(self, review: dict[str, Any], outcome: str, **rest: Any) -> None:
        """Decide on what is shown."""
        body = {"outcome": outcome, "view": review["state"]["view"], **rest}
        answer = self.client.post(f"/v1/reviews/{review['state']['id']}/decisions", json=body)
        assert answer.status_code == 200, answer.text

    def run(self, title: str) -> str:
        """The id of the newest watched run with that title."""
        page = self.client.get("/v1/runs?limit=100").json()["items"]
        found = (self.client.get(f"/v1/runs/{one['id']}").json() for one in page if one["watched"])
        return next(str(one["state"]["id"]) for one in found if one["title"]["value"] == title)

    def run_when(self, run: str, stands: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """How a run stands, once it stands so."""
        while not stands(state := self.client.get(f"/v1/runs/{run}").json()["state"]):
            headers = {"Prefer": "wait=20"}
            self.client.get(f"/v1/runs/{run}/wait?rev={state['rev']}", headers=headers)
        return dict(state)

    def control(self, run: str, kind: str, **rest: Any) -> None:
        """Ask something of a run."""
        answer = self.client.post(f"/v1/runs/{run}/{kind}", json=rest)
        assert answer.status_code == 200, answer.text

    def close(self) -> None:
        """Close it."""
        self.client.close()


Rows = dict[tuple[str, str], tuple[Any, ...]]


def rows(folder: Path) -> Rows:
    """Everything of the shop that actions may touch, by table and id, read from its file."""
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        return {(table, row[0]): row for table in TABLES for row in shop.execute(f"SELECT * FROM {table}")}


def changed(before: Rows, after: Rows) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The rows that are new or different now."""
    assert before.keys() <= after.keys()
    return {key: row for key, row in after.items() if before.get(key) != row}


def tables(folder: Path) -> set[str]:
    """The names of the tables of the shop."""
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        return {str(name) for (name,) in shop.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
