"""Asks the person at the keyboard: a confirmation that Enter never gives, a reason, a text in their editor."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

import typer

from ..errors import UsageError
from ..view.escape import safe
from .refusal import INTERRUPTED


def at_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(question: str) -> bool:
    """Whether the person typed yes. Enter alone means no; end of input and Ctrl-C end the command.

    Raises `UsageError` where nobody can be asked.
    """
    if not at_terminal():
        raise UsageError("nobody can be asked here: add --yes, or --view with the digest of what you have seen")
    return line(f"{question} [y/N] ").lower() in ("y", "yes")


def reason(note: str | None, question: str) -> str:
    """The reason given, or asked for. Raises `UsageError` without one."""
    found = note if note is not None or not at_terminal() else line(f"{question} ")
    if not found or not found.strip():
        raise UsageError("give the reason with -m: the agent acts on it, and the log keeps it")
    return found.strip()


def line(prompt: str, ended: str = "Nothing was decided.") -> str:
    """One typed line, without blanks around it; `ended` is said where none comes any more."""
    print(safe(prompt), end="", file=sys.stderr, flush=True)
    try:
        typed = sys.stdin.readline()
    except KeyboardInterrupt:
        typed = ""
    if not typed:
        print(f"\n{ended}", file=sys.stderr)
        raise typer.Exit(INTERRUPTED)
    return typed.strip()


def in_editor(text: str) -> str:
    """The text after the person's `$VISUAL` or `$EDITOR` closed it. Raises `UsageError` if that cannot be had."""
    command = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    with tempfile.TemporaryDirectory(prefix="handrail-") as folder:
        path = Path(folder, "arguments.json")
        path.write_text(text, "utf-8")
        try:
            ended = subprocess.run([*command, str(path)], check=False).returncode
        except OSError as error:
            raise UsageError(
                f"the editor {command[0]} did not start ({error.strerror}): set EDITOR, or use --set"
            ) from None
        if ended != 0:
            raise UsageError(f"the editor ended with {ended}: nothing was changed")
        try:
            return path.read_text("utf-8")
        except UnicodeDecodeError:
            raise UsageError("the edited text is no UTF-8: nothing was changed") from None
