"""The reference page and the help are what the command is."""

from __future__ import annotations

import subprocess
import sys

import handrail
from tools.reference import ROOT, written

PAGE = "docs/reference/commands.md"


def test_the_page_is_not_stale():
    assert (ROOT / PAGE).read_text("utf-8") == written(PAGE), "run `make docs`"


def test_every_command_and_option_says_what_it_is_for():
    assert "None" not in written(PAGE)
    assert "|  |" not in written(PAGE)


def test_the_version_is_the_packages():
    command = [sys.executable, "-c", "from handrail.cli.main import app; app()", "--version"]
    assert subprocess.check_output(command, text=True) == f"handrail {handrail.__version__}\n"


def test_wrong_usage_ends_with_2(terminal):
    assert terminal("reviews", "approve").code == 2
    assert terminal("reviews", "approve", "rev_x", "--no-such-option").code == 2
    assert terminal("nonsense").code == 2


def test_help_names_the_exit_codes(terminal):
    assert "Exit codes:" in terminal("--help").out
