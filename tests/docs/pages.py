"""Runs the documentation: its Python blocks against scripted reviewers, its console blocks in a shell.

CONTRIBUTING.md describes the marks that a page may use.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from handrail.connect import Rail, connect
from handrail.testing import Reviewers, reviewers

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SECONDS: Final = 60
_START: Final = re.compile(r"(?P<fence>```+)(?P<info>.*)|<!-- test:(?P<hidden>.*)")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, or the hidden code of a comment. `line` is that of its first line of text, from 1."""

    page: Path
    line: int
    info: tuple[str, ...]
    text: str

    @property
    def saved_as(self) -> str | None:
        """The name of the file that the block shows."""
        return next((word.removeprefix("file=") for word in self.info if word.startswith("file=")), None)


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of a page, in order; hidden code is told by the info `hidden`."""
    lines = iter(enumerate(page.read_text("utf-8").splitlines(), 1))
    for number, line in lines:
        found = _START.match(line)
        if found is None:
            continue
        if found["fence"]:
            text = "\n".join(_until(lines, found["fence"]))
            yield Block(page, number + 1, tuple(found["info"].split()), text)
        else:
            yield Block(page, number, ("hidden",), _hidden(found["hidden"], lines))


def _hidden(first: str, lines: Iterator[tuple[int, str]]) -> str:
    """The code of a comment that begins on this line and ends here, or on a line of its own."""
    if first.rstrip().endswith("-->"):
        return first.rstrip().removesuffix("-->").strip()
    rest = _until(lines, "-->")
    return "\n".join([first.strip(), *rest])


def _until(lines: Iterator[tuple[int, str]], last: str) -> Iterator[str]:
    for _, line in lines:
        if line.rstrip() == last:
            return
        yield line


def prose(page: Path) -> str:
    """The page without its blocks and comments: what may hold links."""
    text = re.sub(r"^(```+).*?^\1", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    return _COMMENT.sub("", text)


class Reader:
    """Follows one page from top to bottom: one module, one set of scripted reviewers, one folder for its files."""

    def __init__(self, people: Reviewers, folder: Path, stack: ExitStack) -> None:
        self.people: Final = people
        self.folder: Final = folder
        self._stack: Final = stack
        self._module = self._fresh()
        self._printed = ""

    def _fresh(self) -> ModuleType:
        module = ModuleType("agent")
        sys.modules["agent"] = module
        vars(module)["people"] = self.people
        return module

    def connect(self, url: str, **options: Any) -> Rail:
        """A rail whose calls the page's scripts answer."""
        rail = connect(url, **options)
        self._stack.enter_context(self.people.answering(rail))
        return rail

    def follow(self, page: Path) -> None:
        """Read a page from top to bottom. Raises `AssertionError` for what is not as it says."""
        for block in blocks(page):
            self.read(block)

    def read(self, block: Block) -> None:
        """Run, save or compare a block, as its marks say."""
        match block.info:
            case ("python", *marks) if block.saved_as is None:
                if "alone" in marks:
                    self._module = self._fresh()
                self._printed = self._run(block)
            case ("hidden", *_):
                self._run(block)
            case ("text", "output"):
                compare(block.text, self._printed, f"{block.page.name}:{block.line}")
            case ("console", "run"):
                self._shell(block)
            case _ if block.saved_as is not None:
                (self.folder / block.saved_as).write_text(block.text + "\n", "utf-8")
            case _:
                pass

    def _run(self, block: Block) -> str:
        printed = io.StringIO()
        code = compile("\n" * (block.line - 1) + block.text, str(block.page), "exec", dont_inherit=True)
        with contextlib.redirect_stdout(printed):
            exec(code, vars(self._module))
        return printed.getvalue()

    def _shell(self, block: Block) -> None:
        for place, command, expected in _commands(block):
            done = subprocess.run(
                ["sh", "-c", command], cwd=self.folder, env=_environment(self.folder), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
            compare(expected, done.stdout, place)


def _commands(block: Block) -> Iterator[tuple[str, str, str]]:
    """Where each command of a console block stands, the command, and the output that is shown."""
    for part in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n?((?:(?!\$ ).*\n?)*)", block.text, re.MULTILINE):
        line = block.line + block.text[: part.start()].count("\n")
        yield f"{block.page.name}:{line}", part[1], part[2]


def _environment(folder: Path) -> dict[str, str]:
    """Programs find this interpreter, the package and its commands, and a terminal of 100 columns."""
    programs = folder / ".bin"
    programs.mkdir(exist_ok=True)
    for name, command in (("python", ""), ("pytest", " -m pytest"), ("handrail", " -m handrail.cli.main")):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}"{command} "$@"\n')
        program.chmod(0o755)
    installed = {point.name for point in importlib.metadata.entry_points(group="pytest11")}
    plugin = "" if "handrail" in installed else " -p handrail.testing.plugin"
    return os.environ | {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100",
        "PYTEST_ADDOPTS": f"-p no:cacheprovider -p no:xdist{plugin}", "TZ": "UTC", "LC_ALL": "C.UTF-8",
    }  # fmt: skip


def compare(expected: str, found: str, place: str) -> None:
    """Raise `AssertionError` unless the output is the one shown, where `…` stands for any text."""
    pattern = ".*?".join(map(re.escape, _trimmed(expected).split("…")))
    assert re.fullmatch(pattern, _trimmed(found), re.DOTALL), (
        f"{place}: the page shows\n{expected}\nbut this came out:\n{found}"
    )


def _trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@contextlib.contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    """A reader with its people, for one page. Raises `AssertionError` for a script that was not used."""
    with reviewers() as people, ExitStack() as stack:
        try:
            yield Reader(people, folder, stack)
        finally:
            sys.modules.pop("agent", None)
