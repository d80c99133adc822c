"""Runs AgentBarrier over the product in every place and profile, and writes its report into the documentation.

`python -m tools.conformance`; it takes half a minute.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from agentbarrier import ApprovalBarrierProfile
from agentbarrier.runner import RunnerOptions, SuiteRunner

from tests import postgres
from tests.conformance.handrail_adapter import HandrailAdapter
from tests.conformance.places import place

PAGE: Final = Path(__file__).parent.parent / "docs" / "reference" / "agentbarrier.md"
PROFILES: Final = {"run-wide": "run", "per-action": "action"}
HEAD: Final = """\
# AgentBarrier

[AgentBarrier](https://github.com/binaydhakal/agentbarrier) is a suite by others. It drives a product through a small
adapter and looks at the effects in a journal of its own: whether anything happened before an approval, after a
rejection, twice, with other arguments or after a time-out, and whether the receipts say so. Our adapter
([`tests/conformance`](../../tests/conformance/handrail_adapter.py)) goes through `handrail.connect`, a person who
decides, and the entries of the log.

This page is written by `python -m tools.conformance`: AgentBarrier {version}, with `--strict-skips`, so that a scenario
which is left out counts as failed. With `run-wide` one held action holds all others of its run
(`rail.run(…, hold="run")`); with `per-action` only itself.

"""
TAIL: Final = """
The scenarios: {scenarios}.

To run it yourself, on a file that is gone afterwards:

```sh
python -m agentbarrier verify tests.conformance.handrail_adapter:HandrailAdapter \\
  --approval-profile run-wide --strict-skips --settle 0.2 --operation-timeout 10 --tool-timeout 0.5
HANDRAIL_SUITE_HOLD=action python -m agentbarrier verify tests.conformance.handrail_adapter:HandrailAdapter \\
  --approval-profile per-action --strict-skips --settle 0.2 --operation-timeout 10 --tool-timeout 0.5
```
"""


def main() -> int:
    """Run everything, write the page, and tell whether all passed."""
    columns: dict[str, dict[str, str]] = {}
    for store in ("SQLite", "PostgreSQL"):
        for way in ("embedded", "HTTP"):
            for profile, hold in PROFILES.items():
                columns[f"{store}, {way}, {profile}"] = _verified(store, way, profile, hold)
                sys.stderr.write(f"{store}, {way}, {profile}: {_sum(columns[f'{store}, {way}, {profile}'])}\n")
    scenarios = ", ".join(f"`{one}`" for one in next(iter(columns.values())))
    PAGE.write_text(HEAD.format(version=version("agentbarrier")) + _table(columns) + TAIL.format(scenarios=scenarios))
    return 0 if all(one == "passed" for found in columns.values() for one in found.values()) else 1


def _verified(store: str, way: str, profile: str, hold: str) -> dict[str, str]:
    """What became of each scenario in one place."""
    options = RunnerOptions(
        settle_seconds=0.2, operation_timeout_seconds=10, tool_timeout_seconds=0.5, strict_skips=True,
        approval_profile=ApprovalBarrierProfile(profile),
    )  # fmt: skip

    def run(address: str) -> Any:
        with place(address, served=way == "HTTP") as where:
            return asyncio.run(SuiteRunner(options).verify(HandrailAdapter(where, hold)))

    if store == "PostgreSQL":
        with postgres.database(postgres.shared()) as address:
            found = run(address)
    else:
        with tempfile.TemporaryDirectory() as folder:
            found = run(f"{folder}/suite.db")
    return {one.scenario_id: one.status.value for one in found.results}


def _sum(found: dict[str, str]) -> str:
    return f"{sum(one == 'passed' for one in found.values())} of {len(found)}"


def _table(columns: dict[str, dict[str, str]]) -> str:
    lines = ["| Where | Profile | Passed |", "| --- | --- | --- |"]
    for name, found in columns.items():
        where, profile = name.rsplit(", ", 1)
        wrong = "".join(f"; {one} {status}" for one, status in found.items() if status != "passed")
        lines.append(f"| {where} | {profile} | {_sum(found)}{wrong} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        postgres.end_run()
