"""A guard, and how it is taken out of a copy of the code."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

PACKAGE: Final = Path("src/handrail")


class Moved(LookupError):
    """The text that an edit replaces is not there exactly once: the guard was rewritten, and its row must follow."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One replacement in a file of the package; `old` must be there exactly once."""

    file: str
    old: str
    new: str

    def applied(self, root: Path) -> str:
        """The file's text with the replacement made. Raises `Moved`."""
        path = root / PACKAGE / self.file
        text = path.read_text("utf-8")
        if (found := text.count(self.old)) != 1:
            raise Moved(f"{PACKAGE / self.file} holds {found} times, not once: {self.old!r}")
        return text.replace(self.old, self.new)

    def apply(self, root: Path) -> None:
        """Make the replacement below `root`. Raises `Moved`."""
        (root / PACKAGE / self.file).write_text(self.applied(root), "utf-8")


@dataclass(frozen=True, slots=True)
class Guard:
    """What the code promises, the edits that break the promise, and the tests that each must notice it."""

    name: str
    promise: str
    edits: tuple[Edit, ...]
    tests: tuple[str, ...]

    def remove(self, root: Path) -> None:
        """Take the guard out of the copy below `root`. Raises `Moved`."""
        for edit in self.edits:
            edit.apply(root)
