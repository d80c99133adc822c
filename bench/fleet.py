"""Servers and workers of one PostgreSQL, and agents that propose what the workers run: none lost, none doubled."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import handrail
from handrail.codec.policies import put_policy
from handrail.codec.policy_file import read_policy_file
from handrail.directory.commands import PutAgent, PutKey
from handrail.embedded import Database, Embedded, solo_person
from handrail.ids import mint
from handrail.policy.register import ID as POLICY
from handrail.server.auth.accounts import Accounts
from tests.e2e.served import COMMAND, Process
from tests.postgres import database, free_port, shared

from .timing import Figure, spread

RUNS: Final = 'rules: [{name: runs, action: "yard.*", verdict: run, replaces: code}]\n'
OVER: Final = frozenset({"succeeded", "failed", "refused", "unknown", "withdrawn", "skipped"})
MODULE: Final = """
import os, handrail
rail = handrail.connect(os.environ["PLACE"], quiet=True)

@rail.approval(name="yard.mark", reviewers="user:local")
def mark(number: int) -> int:
    file = os.open(os.environ["EFFECTS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(file, f"{number}\\n".encode())
    os.close(file)
    return number
"""


@dataclass(frozen=True, slots=True)
class Fleet:
    """How much is measured."""

    servers: int
    workers: int
    agents: int
    each: int
    slots: int = 16


FULL: Final = Fleet(4, 4, 64, 50)
QUICK: Final = Fleet(4, 4, 64, 8)
TINY: Final = Fleet(2, 2, 8, 2, 4)


def run(folder: Path, fleet: Fleet) -> dict[str, Figure]:
    """The figures by the keys of `fleet.toml`."""
    with database(shared()) as place, ExitStack() as stack:
        keys = _furnished(place, fleet)
        urls = [stack.enter_context(_served(place)) for _ in range(fleet.servers)]
        (folder / "yard.py").write_text(MODULE)
        effects = folder / "effects"
        for number in range(fleet.workers):
            stack.enter_context(_working(folder, urls[number % len(urls)], keys[-1], effects, fleet.slots))
        rails = [
            stack.enter_context(closing(handrail.connect(urls[place % len(urls)], key=key, quiet=True)))
            for place, key in enumerate(keys[:-1])
        ]
        took, results, lasted = asyncio.run(_asked(rails, fleet))
    return _figures(effects, took, results, lasted)


def _figures(effects: Path, took: list[int], results: dict[int, Any], lasted: float) -> dict[str, Figure]:
    seen = Counter(map(int, effects.read_text().split()))
    lost = [number for number, result in results.items() if result != number or not seen[number]]
    told = spread(took)
    return {
        "fleet_lost": Figure(len(lost), f"of {len(results):,}"),
        "fleet_doubled": Figure(sum(count > 1 for count in seen.values()), f"of {len(results):,}"),
        "fleet_rate": Figure(len(took) / lasted, f"{lasted:.1f} s"),
        "fleet_p50": Figure(told.p50, ""),
        "fleet_p99": Figure(told.p99, ""),
    }


def _furnished(place: str, fleet: Fleet) -> list[str]:
    """A key for each agent, and at the end one for the workers, in a database whose policy lets the work run."""
    opened = Database(place)
    boss, accounts = Embedded(opened, solo_person), Accounts(opened)
    names = opened.process.engine.names("default")
    boss.call(POLICY, put_policy(RUNS, read_policy_file(RUNS).policy))

    def key(name: str, *scopes: Any) -> str:
        agent, key = names.agent(name), mint("key")
        boss.call(agent, PutAgent("osu_bench", name, "bench"))
        secret = accounts.keep_key("default", key)
        boss.call(key, PutKey(agent, scopes, None, name))
        return secret

    keys = [key(f"agent-{number}", "propose") for number in range(fleet.agents)] + [key("worker", "execute")]
    opened.close()
    return keys


@contextmanager
def _served(place: str) -> Iterator[str]:
    where = f"127.0.0.1:{free_port()}"
    server = Process(*COMMAND, "serve", "--listen", where, "--db", place, "--asks-per-minute", "1000000")
    try:
        server.line('"ready"')
        yield f"http://{where}"
    finally:
        server.end(signal.SIGTERM)


@contextmanager
def _working(folder: Path, url: str, key: str, effects: Path, slots: int) -> Iterator[None]:
    environment = {**os.environ, "PLACE": url, "HANDRAIL_KEY": key, "EFFECTS": str(effects)}
    command = (sys.executable, "-m", "handrail.cli.main", "work", "yard:rail", "--slots", str(slots))
    worker = Process(*command, cwd=folder, env=environment)
    try:
        worker.line("Working on")
        yield
    finally:
        worker.end(signal.SIGTERM)


async def _asked(rails: list[handrail.Rail], fleet: Fleet) -> tuple[list[int], dict[int, Any], float]:
    """Let every agent propose one action after another at its server: how long each took (ns), its result, and how many
    seconds that was. The first action of each opens its connections, and is not measured."""
    ready, begun = asyncio.Barrier(len(rails)), 0.0
    took: list[int] = []
    results: dict[int, Any] = {}

    async def agent(place: int, rail: handrail.Rail) -> None:
        nonlocal begun

        async def mark(number: int) -> int:
            raise AssertionError("workers run it")

        gated = rail.approval(name="yard.mark", reviewers="user:local")(mark)
        for one in range(fleet.each + 1):
            number, began = place * (fleet.each + 1) + one, time.perf_counter_ns()
            ticket = await gated.propose(number)
            results[number] = await _result(rail.core.backend, ticket.id)
            if one:
                took.append(time.perf_counter_ns() - began)
            else:
                await ready.wait()
                begun = time.perf_counter()

    await asyncio.gather(*(agent(place, rail) for place, rail in enumerate(rails)))
    return took, results, time.perf_counter() - begun


async def _result(backend: Any, action: str) -> Any:
    """The result that the workers gave; the ticket itself would run the function here."""
    rev, status = -1, ""
    while status not in OVER:
        answer = await backend.await_(action, rev, 120)
        if answer is None:
            return None
        rev, status = answer["rev"], answer["status"]
    outcome = (await backend.aread(lambda: backend.action(action))).outcome
    return outcome.get("value") if isinstance(outcome, dict) else None
