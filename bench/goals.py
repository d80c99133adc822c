"""The goals of `goals.toml`, and whether a figure meets its one."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("goals.toml")
LOAD: Final = Path(__file__).with_name("load.toml")
MILLION: Final = Path(__file__).with_name("million.toml")
BROWSER: Final = Path(__file__).with_name("browser.toml")
FLEET: Final = Path(__file__).with_name("fleet.toml")


@dataclass(frozen=True, slots=True)
class Goal:
    """What one measure is, and its bounds, if it has any."""

    what: str
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self) -> str:
        if self.at_least is not None:
            return f"≥ {self.at_least:g}"
        return f"≤ {self.at_most:g}" if self.at_most is not None else ""

    def met(self, value: float) -> bool | None:
        """Whether the value is within the bounds; `None` without any."""
        if self.at_least is not None:
            return value >= self.at_least
        return value <= self.at_most if self.at_most is not None else None


def goals(file: Path = FILE) -> dict[str, Goal]:
    """Each measure's goal by its key, in the order of the file."""
    return {key: Goal(**table) for key, table in tomllib.loads(file.read_text("utf-8")).items()}
