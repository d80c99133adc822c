"""Imports point down, each library has one home, `import handrail` is light; each check can fail."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.api import read_configuration

from tests.architecture.rules import ROOT

LINT = "import sys, importlinter.cli as cli; sys.exit(cli.lint_imports(no_cache=True, no_logo=True))"
LOADED = "import json, sys; import handrail; print(json.dumps(sorted(name.split('.')[0] for name in sys.modules)))"
HEAVY = {
    *("apsw", "psycopg", "fastapi", "starlette", "uvicorn", "jinja2", "typer", "click", "rich"),
    *("celpy", "cryptography", "httpx2", "ruamel", "jsonschema"),
}

CLEAN = {
    "__init__": "",
    "errors": "import enum",
    "policy/__init__": "from handrail import errors",
    "action/__init__": "import handrail.policy\nfrom ..errors import __name__ as name",
    "store/__init__": "import apsw",
    "server/__init__": "import fastapi.responses\nfrom handrail import store",
    "cli/__init__": "import typer",
}
BREACHES = {
    "layers": {"policy/__init__": "from handrail import store"},
    "layers unlisted": {"utils": ""},
    "heart": {"action/__init__": "import pydantic.dataclasses"},
    "drivers": {"server/__init__": "import apsw.ext"},
    "web": {"cli/__init__": "from fastapi import FastAPI"},
    "terminal": {"store/__init__": "def ask():\n    import typer"},
}


def run(code: str, folder: Path, *path: Path) -> subprocess.CompletedProcess[str]:
    """Run Python code in `folder` with `path` in front of what is installed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path)), "COLUMNS": "200"}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def lint(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Hold the project's contracts against a package `handrail` made of `files`."""
    for name, text in files.items():
        module = folder / "handrail" / f"{name}.py"
        module.parent.mkdir(parents=True, exist_ok=True)
        module.write_text(text)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return run(LINT, folder, folder, ROOT)


def contract_names() -> dict[str, str]:
    """The name of each contract by its id."""
    return {options["id"]: options["name"] for options in read_configuration()["contracts_options"]}


def test_every_contract_is_kept():
    result = run(LINT, ROOT, ROOT / "src", ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_a_package_that_keeps_the_contracts_passes_though_most_layers_are_missing(tmp_path: Path):
    result = lint(tmp_path, CLEAN)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_found_by_its_contract_alone(breach: str, tmp_path: Path):
    result = lint(tmp_path, CLEAN | BREACHES[breach])
    broken = {key for key, name in contract_names().items() if f"{name} BROKEN" in result.stdout}
    assert result.returncode == 1, result.stdout + result.stderr
    assert broken == {breach.split()[0]}


def test_every_contract_has_a_breach_that_shows_it_can_fail():
    assert set(contract_names()) == {breach.split()[0] for breach in BREACHES}


def loaded(folder: Path, *path: Path) -> set[str]:
    """The top-level names in memory after `import handrail` in a fresh interpreter."""
    result = run(LOADED, folder, *path)
    assert result.returncode == 0, result.stderr
    return set(json.loads(result.stdout))


def test_importing_the_package_loads_no_driver_no_web_framework_and_no_terminal_library(tmp_path: Path):
    assert loaded(tmp_path, ROOT / "src") & HEAVY == set()


def test_a_heavy_import_would_be_seen(tmp_path: Path):
    (tmp_path / "handrail.py").write_text("import apsw")
    assert loaded(tmp_path, tmp_path) & HEAVY == {"apsw"}
