"""The demo company: a server, six agents in processes of their own, a bookkeeper, and links for two reviewers."""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal

from rich.console import Console

from handrail.store.lock import WriterLock

from . import bookkeeper, books, mail_page, mailbox, migration, pricing, support, triage, warehouse
from .company import REVIEWERS, Company, serving
from .narration import Narrator
from .place import COMMAND, HANDRAIL, State, summary
from .shop import Shop

AGENTS: Final = (support.NAME, warehouse.NAME, triage.NAME, books.NAME, pricing.NAME, migration.NAME)
PATIENCE: Final = 10.0
"""Seconds that an agent has to end before it is killed; what it then left half done is found again."""
News = tuple[Literal["links", "ended"], str]


def run(state: State, *, fresh: bool, port: int | None, browser: bool) -> int:
    """Serve until Ctrl-C, which is how a demo ends well. Returns the exit code."""
    state.folder.mkdir(parents=True, exist_ok=True)
    narrator = Narrator(Console(highlight=False))
    lock = WriterLock(f"{state.handrail}-serving")
    if not lock.try_now():
        lock.close()
        narrator.say("stopped", f"a demo runs in {state.folder} already: stop that one first, or name another --state")
        return 1
    try:
        for told in (signal.SIGINT, signal.SIGTERM):  # a shell lets what it starts with & ignore the first
            signal.signal(told, signal.default_int_handler)
        state.prepare(fresh)
        return _serve(state, narrator, port, browser)
    finally:
        lock.close()


def _serve(state: State, narrator: Narrator, port: int | None, browser: bool) -> int:
    try:
        company = Company(state, port)
    except OSError as error:
        narrator.say("stopped", f"port {port} cannot be served: {error}; name another --port")
        return 1
    news: queue.Queue[News] = queue.Queue()
    try:
        with (
            mailbox.open_for(state.channels) as box, mail_page.shown(box) as mail, serving(company),
            bookkeeper.open_for(state.books) as office, _agents(state, company, office, news) as agents,
        ):  # fmt: skip
            first = _banner(narrator, state, company, agents, mail)
            if browser and _has_display():
                webbrowser.open(first)
            _keep_going(narrator, company, agents, news)
    except KeyboardInterrupt:
        pass
    return _stopped(narrator, Shop(state.shop))


class Agents:
    """The agents' processes: one that dies is started again, and finds its questions."""

    def __init__(self, state: State, company: Company, office: str, news: queue.Queue[News]) -> None:
        self._state, self._company, self._office, self._news = state, company, office, news
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        """Start an agent with its key; when it ends, that is news."""
        given = (name, self._company.url, str(self._state.shop), self._office)
        environment = {**os.environ, "HANDRAIL_KEY": self._company.key(name)}
        command = (sys.executable, "-m", "examples.shop.worker", *given)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True)
        self._running[name] = process
        threading.Thread(target=self._watch, args=(name, process), daemon=True).start()

    def _watch(self, name: str, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self._news.put(("ended", name))

    def told(self, name: str) -> str:
        """An agent with the number of its process."""
        return f"{name} (process {self._running[name].pid})"

    def stop(self) -> None:
        """Let each of them end; kill the one that does not."""
        for process in self._running.values():
            assert process.stdin is not None
            process.stdin.close()
        for process in self._running.values():
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def _agents(state: State, company: Company, office: str, news: queue.Queue[News]) -> Iterator[Agents]:
    agents = Agents(state, company, office, news)
    try:
        for name in AGENTS:
            agents.start(name)
        yield agents
    finally:
        agents.stop()


def _keep_going(narrator: Narrator, company: Company, agents: Agents, news: queue.Queue[News]) -> None:
    """Start agents again that ended, and make new links whenever Enter is pressed; until Ctrl-C."""
    threading.Thread(target=_read_keys, args=(news,), daemon=True).start()
    while True:
        match news.get():
            case ("links", _):
                _links(narrator, company)
            case (_, name):
                narrator.say(name, "ended; it is started again and finds what it asked")
                agents.start(name)


def _read_keys(news: queue.Queue[News]) -> None:
    for _ in sys.stdin:
        news.put(("links", ""))


def _banner(narrator: Narrator, state: State, company: Company, agents: Agents, mail: str) -> str:
    """Says where to look and how to stop; gives back the first link."""
    shop = {figure: value for figure, _, value in Shop(state.shop).figures()}
    narrator.gap()
    narrator.title("Copper Kettle, a kitchen shop whose agents ask before they act. You decide, at:")
    first = _links(narrator, company)
    narrator.table(
        [
            ("links", "each works once, within ten minutes; press Enter for new ones"),
            ("inbox", f"{company.url}/inbox holds what waits for you, once a link has signed you in"),
            (
                "wall",
                f"{company.url}/oversight shows the agents under watch: pause, guide, interrupt and stop them",
            ),
            ("", f"or in a terminal: {HANDRAIL} runs watch --db {state.handrail}"),
            ("mail", f"{mail} shows the mail of the company: a price climbs from Eve to Finn to you, a minute each"),
            ("two", "some actions need both people: open the second link in a private window"),
            ("shop", f"{shop['orders']:,} orders of {shop['customers']:,} customers, invented, in {state.shop}"),
            ("agents", "rules and a small classifier, no language model; a killed one goes on where it was"),
            *(("", agents.told(name)) for name in AGENTS),
            ("reviews", f"in {state.handrail}, and the server's log in {state.log}"),
            ("stop", f"Ctrl-C; what is open stays open. Start over: {COMMAND} --fresh"),
        ]
    )
    narrator.gap()
    return first


def _links(narrator: Narrator, company: Company) -> str:
    """A link for each reviewer; gives back the first."""
    found = {who: company.link(who) for who in REVIEWERS}
    for who, address in found.items():
        narrator.link(f"as {who}", address)
    return next(iter(found.values()))


def _has_display() -> bool:
    """Whether a person sits here, with a screen on which a browser can be opened."""
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _stopped(narrator: Narrator, shop: Shop) -> int:
    narrator.gap()
    narrator.title("The shop's database, when it was made → now:")
    narrator.table(summary(shop))
    narrator.say("stopped", f"what is open stays open; go on with: {COMMAND}")
    return 0
