"""Connections are kept: one process has one for its threads and one for each of its event loops."""

from __future__ import annotations

import asyncio
from pathlib import Path

from handrail.client.transport import Transport
from handrail.clock import SystemClock
from tests.server.house import opened


def test_threads_and_an_event_loop_keep_one_connection_each(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock()) as house:
        transport = Transport(house.url, house.company.key())
        before = len(house.running.server_state.connections)

        async def work() -> int:
            for _ in range(3):
                await transport.arequest("GET", "/v1/me")
                await asyncio.to_thread(transport.request, "GET", "/v1/me")
            return len(house.running.server_state.connections)

        assert asyncio.run(work()) == before + 2
        transport.close()


def test_threads_that_begin_at_once_share_one_client(tmp_path: Path):
    with opened(tmp_path / "a.db", clock=SystemClock()) as house:
        transport = Transport(house.url, house.company.key())

        async def work() -> list[object]:
            return await asyncio.gather(*(asyncio.to_thread(transport._sync) for _ in range(16)))

        assert len({id(one) for one in asyncio.run(work())}) == 1
        transport.close()
