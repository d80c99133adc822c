"""What the doctor found, how it is drawn, and with which exit code the command ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from ..view.lines import Style

Level = Literal["good", "note", "warning", "damage"]
STYLES: Final[dict[Level, Style]] = {"good": "good", "note": "fact", "warning": "flag", "damage": "removed"}
MARKS: Final[dict[Level, str]] = {"good": "", "note": "", "warning": "! ", "damage": "✗ "}
CODES: Final[dict[Level, int]] = {"good": 0, "note": 0, "warning": 1, "damage": 2}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    about: str
    level: Level
    text: str
