"""AgentBarrier, an independent suite, finds nothing: on both stores, in this process and through a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agentbarrier import ApprovalBarrierProfile
from agentbarrier.runner import RunnerOptions, SuiteRunner

from tests.night import NIGHT

from .handrail_adapter import HandrailAdapter
from .places import Place, place

PROFILES = [("run", ApprovalBarrierProfile.RUN_WIDE), ("action", ApprovalBarrierProfile.PER_ACTION)]
PLACES = [(store, way) for store in ("sqlite", "postgres") for way in ("embedded", "served")]


@pytest.fixture
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    store, way = request.param
    address = request.getfixturevalue("postgres") if store == "postgres" else str(tmp_path / "suite.db")
    with place(address, served=way == "served") as found:
        yield found


async def verify(where: Place, hold: str, profile: Any) -> None:
    options = RunnerOptions(
        settle_seconds=0.2, operation_timeout_seconds=10, tool_timeout_seconds=0.5, strict_skips=True,
        approval_profile=profile,
    )  # fmt: skip
    found = await SuiteRunner(options).verify(HandrailAdapter(where, hold))
    assert [(one.scenario_id, one.status.value, one.detail) for one in found.results if one.status != "passed"] == []
    assert found.passed_count == 11


@pytest.mark.nightly
@pytest.mark.parametrize(("hold", "profile"), PROFILES, ids=["run-wide", "per-action"])
@pytest.mark.parametrize("where", PLACES, indirect=True, ids="-".join)
async def test_the_whole_suite_passes(where: Place, hold: str, profile: Any):
    await verify(where, hold, profile)


@pytest.mark.skipif(bool(NIGHT), reason="every combination is run by night")
@pytest.mark.parametrize("where", [("postgres", "served")], indirect=True, ids="-".join)
async def test_the_suite_passes_at_a_server_on_postgresql(where: Place):
    await verify(where, *PROFILES[0])
