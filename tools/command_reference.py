"""The page of the `handrail` command, from the commands' own help."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import typer

from handrail.cli.main import app
from handrail.cli.refusal import EXIT_CODES
from tools.markdown import table

HEAD: Final = """\
# The `handrail` command

[Decide in the terminal](../how-to/decide-in-the-terminal.md) shows the command at work. Every command but `login` and
`logout` takes `--db`; without it the environment's HANDRAIL_DB counts, else `handrail.db` in this folder. It names a
database file, where the OS user says who you are, or a server (`https://…`, on its own machine also
`http://127.0.0.1:…`), where you work as the person who signed in there with `handrail login`; `init` and `serve` take
files alone. An id may be shortened as long as it is the only one that begins so.
"""


def page() -> str:
    """The page as Markdown."""
    return "\n\n".join([HEAD.strip(), EXIT_CODES, *_sections(typer.main.get_command(app), "handrail")])


def _sections(command: Any, path: str) -> Iterator[str]:
    """A command, or every command below it; hidden ones are left out."""
    inside = getattr(command, "commands", None)
    if inside is None:
        yield from _section(command, path)
        return
    for name, one in inside.items():
        yield from _sections(one, f"{path} {name}")


def _section(command: Any, path: str) -> Iterator[str]:
    shown = [one for one in command.params if "--db" not in one.opts and "--help" not in one.opts]
    words = [_word(one) for one in shown if one.param_type_name == "argument"]
    yield f"## {' '.join([path, *words])}"
    yield str(command.help)
    if shown:
        yield table(("Option", "Meaning"), ((f"`{_option(one)}`", one.help or "") for one in shown))


def _word(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper()
    return name if argument.required else f"[{name}]"


def _option(one: Any) -> str:
    if one.param_type_name == "argument":
        return _word(one)
    names = ", ".join([*one.opts, *one.secondary_opts])
    return names if one.is_flag else f"{names} {one.metavar or 'N'}"
