"""Schemathesis, with all its checks, against a running server as its description tells of it."""

from __future__ import annotations

import os
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from handrail.clock import SystemClock
from handrail.server.settings import Caps

from .house import House, opened

CONFIG: Final = Path(__file__).with_name("schemathesis.toml")
MANY: Final = Caps(10**6, 10**6)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("fuzz") / "a.db", clock=SystemClock(), poll=0, caps=MANY) as found:
        found.company.person("ann", "treasury", roles=("reviewer", "supervisor", "auditor"))
        found.company.person("olga", "treasury", roles=("administrator",))
        found.company.person("pat", "treasury", roles=("reviewer", "administrator"))
        yield found


def credentials(house: House) -> dict[str, str]:
    people = {"reviewer": "ann", "administrator": "olga", "person": "pat"}
    return {"agent": house.company.key("bot"), **{role: house.session(handle) for role, handle in people.items()}}


def usable(house: House, caller: str) -> list[str]:
    """The operations that this caller may use; the others are refused, as `test_matrix` shows."""
    found = house("GET", "/openapi.json").json()["paths"]
    return [
        one["operationId"]
        for methods in found.values()
        for one in methods.values()
        if "security" in one or one["x-agent-scope" if caller == "agent" else "x-person-permission"]
    ]


def explore(house: House, caller: str, folder: Path, *options: str, only: list[str] | None = None) -> str:
    """Let it run; what it says. Raises `AssertionError` with that where a check failed."""
    seed = "1" if os.environ.get("CI") else str(secrets.randbelow(2**32))
    chosen = [part for name in only or () for part in ("--include-operation-id", name)]
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "--no-color", "run",
        f"{house.url}/v1/openapi.json", "-H", f"Authorization: Bearer {credentials(house)[caller]}", "--seed", seed,
        *chosen, *options,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"as {caller}, --seed {seed}\n{done.stdout}\n{done.stderr}"
    cases = re.search(r"([\d,]+) generated", done.stdout)
    assert cases
    print(f"as {caller}: {cases[1]} cases, seed {seed}")
    return cases[1].replace(",", "")


@pytest.mark.parametrize("caller", ["agent", "person"])
def test_every_answer_is_as_the_description_says(house: House, caller: str, tmp_path: Path):
    options = ("--phases", "examples,fuzzing", "--max-examples", "5")
    assert int(explore(house, caller, tmp_path, *options, only=usable(house, caller))) > 100


@pytest.mark.nightly
@pytest.mark.parametrize("caller", ["agent", "reviewer", "administrator"])
def test_every_answer_is_as_the_description_says_for_long(house: House, caller: str, tmp_path: Path):
    assert int(explore(house, caller, tmp_path, "--max-examples", "60")) > 2_000
