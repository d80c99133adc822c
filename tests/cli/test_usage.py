"""The version, the help, and what is written wrong."""

from __future__ import annotations

import os
import subprocess
import sys

import handrail


def test_the_version_is_the_packages():
    command = [sys.executable, "-c", "from handrail.cli.main import app; app()", "--version"]
    assert subprocess.check_output(command, text=True) == f"handrail {handrail.__version__}\n"


def test_wrong_usage_ends_with_2(terminal):
    assert terminal("reviews", "approve").code == 2
    assert terminal("reviews", "approve", "rev_x", "--no-such-option").code == 2
    assert terminal("nonsense").code == 2


def test_help_names_the_exit_codes(terminal):
    assert "Exit codes:" in terminal("--help").out


def test_a_command_on_a_file_loads_no_client_and_no_server(on_file):
    code = "import sys; from handrail.cli.main import app; app(standalone_mode=False); print(*sys.modules)"
    words = ["reviews", "list", "--db", str(on_file.path)]
    loaded = subprocess.check_output(
        [sys.executable, "-c", code, *words], text=True, env={**os.environ, **on_file.environment("ann")}
    )
    assert loaded.startswith("Nothing waits for you.")
    assert {"fastapi", "uvicorn", "argon2", "httpx2"} & set(loaded.split()) == set()
