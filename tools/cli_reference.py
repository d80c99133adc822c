"""Writes docs/reference/cli.md from the command itself: `python -m tools.cli_reference`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer

from handrail.cli.main import app
from handrail.cli.refusal import EXIT_CODES

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
HIDDEN: Final = frozenset({"--install-completion", "--show-completion", "--help"})
INTRODUCTION: Final = """\
# The `handrail` command

This page is made from the command by `python -m tools.cli_reference`; a test compares the two.

Every command that uses a database takes `--db` with a URL (`sqlite:///handrail.db`) or a path; without it the
environment's `HANDRAIL_DB` counts, else `handrail.db` in the present folder. A database that is not there is an error:
only `init` and `people apply` create one. Ids may be shortened to any unique beginning, with or without their prefix.
`NO_COLOR` turns colours off, and so does an output that is no terminal. Nothing that an agent wrote can move the
terminal: what would is drawn, as `⟨U+001B⟩`.
"""


def reference() -> str:
    """The page."""
    root: Any = typer.main.get_command(app)
    codes = " ".join(EXIT_CODES.split())
    return "\n".join([INTRODUCTION, f"{codes} `doctor` has its own.\n", *_group("handrail", root)])


def _group(path: str, group: Any) -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield f"## `{path} {name}`\n\n{command.help}\n"
            yield from _group(f"{path} {name}", command)
        else:
            yield from _command(f"{path} {name}", command)


def _command(path: str, command: Any) -> Iterator[str]:
    level = "###" if path.count(" ") > 1 else "##"
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option" and not HIDDEN & set(one.opts)]
    usage = " ".join([path, *(one.metavar if one.required else f"[{one.metavar}]" for one in arguments)])
    yield f"{level} `{usage}`\n\n{' '.join(command.help.split())}\n"
    rows = [(f"`{one.metavar}`", one.help) for one in arguments] + [(_option(one), one.help) for one in options]
    if rows:
        yield "| | |\n| --- | --- |"
        yield "\n".join(f"| {name} | {_cell(text)} |" for name, text in rows) + "\n"


def _option(option: Any) -> str:
    value = "" if option.is_flag else f" {option.metavar or 'N'}"
    return ", ".join(f"`{name}{value}`" for name in option.opts)


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(reference(), "utf-8")
