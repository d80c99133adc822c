"""The wall in a real Chromium: how soon what runs report is painted while many report at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from itertools import cycle, islice
from statistics import median
from typing import Any

from playwright.async_api import BrowserContext

from handrail.ids import mint

from .served import Served
from .timing import Figure, late
from .wire import Line, dialled, expect

LINES = 4


async def opened(at: Served, runs: int) -> list[str]:
    """Watched runs that go on; returns their ids."""
    found = [mint("run") for _ in range(runs)]
    async with dialled(at.url, 1) as (line,):
        for number, run in enumerate(found):
            body = {"title": f"Send invoice {number}", "watch": {"executor": "bench"}}
            expect(await line.send("POST", f"/v1/runs/{run}/open", at.keys[0], body), 200)
    return found


async def measured(
    context: BrowserContext, at: Served, runs: list[str], rate: int, seconds: float
) -> Mapping[str, Figure]:
    """Reports come at an even pace, one run after another, while the wall shows them all that fit."""
    page = await context.new_page()
    await page.goto(f"{at.url}/oversight")
    await page.get_by_text("Live", exact=True).wait_for()
    await page.locator("article").nth(min(len(runs), 200) - 1).wait_for(state="attached")
    script: dict[str, Any] = await page.evaluate("handrailBench.load()")
    await page.evaluate("handrailBench.begin()")
    took = await _timed(lambda: _report(at, runs, rate, round(rate * seconds)))
    told: dict[str, Any] = await page.evaluate("handrailBench.end()")
    await page.close()
    painted, due = told["painted"], told["due"]
    detail = f"{len(painted):,} of {due:,} reports of drawn cards, {rate * seconds / took:.0f}/s"
    return {
        "wall_paint": Figure(late(painted), detail),
        "wall_paint_p50": Figure(median(painted)),
        "wall_missed": Figure(1 - len(painted) / due),
        "wall_script": Figure(script["weights"]["script"][1]),
    }


async def _timed(work: Callable[[], Awaitable[None]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def _report(at: Served, runs: list[str], rate: int, total: int) -> None:
    began = time.perf_counter()

    async def say(line: Line, turn: int) -> None:
        for number, run in islice(enumerate(islice(cycle(runs), total)), turn, None, LINES):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            item = {"kind": "report", "at": time.time_ns() // 1_000, "step": f"page {number}"}
            expect(await line.send("POST", f"/v1/runs/{run}/observations", at.keys[0], {"items": [item]}), 200)

    async with dialled(at.url, LINES) as lines:
        await asyncio.gather(*(say(line, turn) for turn, line in enumerate(lines)))
