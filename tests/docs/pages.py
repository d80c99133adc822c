"""Runs the documentation: its Python blocks against scripted reviewers, its console blocks in a shell.

CONTRIBUTING.md describes the marks that a page may use.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from handrail.connect import connect
from handrail.rail import Rail
from handrail.testing import Reviewers, reviewers
from tests.docs.serving import Servers, environment

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SECONDS: Final = 60
_START: Final = re.compile(r"(?P<fence>```+)(?P<info>.*)|<!-- test:(?P<hidden>.*)")
_EXPORT: Final = re.compile(r"export (\w+)=[^;]*$", re.DOTALL)
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
        self._servers = Servers(folder, stack)

    def _fresh(self) -> ModuleType:
        module = ModuleType("agent")
        sys.modules["agent"] = module
        vars(module)["people"] = self.people
        return module

    def connect(self, url: str, **options: Any) -> Rail:
        """A rail whose calls the page's scripts answer, unless it leads to a server of the page."""
        rail = connect(url, **options)
        if url.startswith("http"):
            self._stack.callback(rail.close)
            return rail
        self._stack.enter_context(self.people.answering(rail))
        return rail

    def follow(self, page: Path) -> None:
        """Read a page from top to bottom. Raises `AssertionError` for what is not as it says."""
        for block in blocks(page):
            self.read(replace(block, text=self._servers.real(block.text)))

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
            case ("console", "run", *needed):
                require(needed)
                self._shell(block)
            case ("console", "serve"):
                self._serve(block)
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

    def _serve(self, block: Block) -> None:
        for place, command, expected in commands(block):
            printed = self._servers.start(command)
            compare(expected, printed, place)

    def _shell(self, block: Block) -> None:
        for place, command, expected in commands(block):
            exported = _EXPORT.match(command)
            told = f'{command}; printf %s "${exported[1]}" > .exported' if exported else command
            done = subprocess.run(
                ["sh", "-c", told], cwd=self.folder, env=environment(self.folder), stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, check=False,
            )  # fmt: skip
            compare(expected, done.stdout, place)
            if exported:
                os.environ[exported[1]] = (self.folder / ".exported").read_text()


def require(programs: list[str]) -> None:
    """Skip the page where a program that its commands need is not installed, such as `needs=curl`."""
    for one in programs:
        name = one.removeprefix("needs=")
        if shutil.which(name) is None:
            pytest.skip(f"the page needs {name}")


def commands(block: Block) -> Iterator[tuple[str, str, str]]:
    """Where each command of a console block stands, the command, and the output that is shown."""
    for part in re.finditer(r"^\$ ((?:.*\\\n)*.*)\n?((?:(?!\$ ).*\n?)*)", block.text, re.MULTILINE):
        line = block.line + block.text[: part.start()].count("\n")
        yield f"{block.page.name}:{line}", part[1], part[2]


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
    before = dict(os.environ)
    with reviewers() as people, ExitStack() as stack:
        try:
            yield Reader(people, folder, stack)
        finally:
            sys.modules.pop("agent", None)
            os.environ.clear()
            os.environ.update(before)
