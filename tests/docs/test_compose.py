"""The Compose file says what the product understands: its commands and options exist, and so does what it mounts."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from handrail.cli.main import app

FOLDER = Path(__file__).parents[2] / "deploy" / "compose"
SERVICES: dict[str, Any] = YAML(typ="safe").load((FOLDER / "compose.yaml").read_text("utf-8"))["services"]
OURS = {name: one["command"] for name, one in SERVICES.items() if one.get("command", [""])[0] == "handrail"}


def test_there_are_servers_a_worker_and_a_migration():
    assert sorted(command[1] for command in OURS.values()) == ["migrate", "serve", "serve", "work"]


@pytest.mark.parametrize("name", OURS)
def test_a_command_and_its_options_exist(name: str):
    command = OURS[name]
    said = CliRunner().invoke(app, [command[1], "--help"], env={"COLUMNS": "300"}).output
    for option in (word for word in command if word.startswith("--")):
        assert option in said


def test_who_runs_waits_for_the_migration_and_is_not_the_owner():
    for name, command in OURS.items():
        address = SERVICES[name]["environment"]["HANDRAIL_DB"]
        assert ("postgres:" in address.partition("//")[2]) == (command[1] == "migrate")
        if command[1] != "migrate":
            assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_the_workers_module_has_the_rail_that_is_named():
    module, _, attribute = OURS["worker"][2].partition(":")
    tree = ast.parse((FOLDER / f"{module}.py").read_text("utf-8"))
    names = {target.id for one in tree.body if isinstance(one, ast.Assign) for target in one.targets
             if isinstance(target, ast.Name)}  # fmt: skip
    assert attribute in names


def test_every_file_that_is_mounted_is_there():
    for service in SERVICES.values():
        for mount in service.get("volumes", []):
            if mount.startswith("./"):
                assert (FOLDER / mount.partition(":")[0]).exists()
