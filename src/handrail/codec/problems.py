"""What can be wrong with an edit, and with the schema that it is checked against."""

from __future__ import annotations

from dataclasses import dataclass


class UnreadableSchema(ValueError):
    """A stored schema that cannot be used to check an edit: what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an edit: where (JSON Pointer, empty for the whole), what, and what to do."""

    path: str
    message: str
    hint: str
