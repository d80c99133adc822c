"""What can be wrong with an edit, and with the schema that it is checked against."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an edit: where (JSON Pointer, empty for the whole), what, and what to do."""

    path: str
    message: str
    hint: str
