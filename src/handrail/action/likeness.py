"""What is alike in errors: their type, and their message without what differs from one to the next."""

import re
from typing import Final

from ..stream import JSON

TYPE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,119}")
"""How the type of an error is written. It stays in the log for ever, so no free text passes."""
READ: Final = 1_000
"""Characters of a message that are compared."""
_QUOTED: Final = re.compile("'[^']*'|\"[^\"]*\"|`[^`]*`|\u2018[^\u2019]*\u2019|\u201c[^\u201d]*\u201d|\xab[^\xbb]*\xbb")
_COUNTED: Final = re.compile(r"\w*\d\w*")
_CHAINED: Final = re.compile(r"#(?:[-.,:/+]#)+")


def is_error_type(text: str) -> bool:
    """Whether a text can be the type of an error."""
    return TYPE.fullmatch(text) is not None


def error_type(outcome: JSON) -> str | None:
    """The type of the error that an executor reported: as it names it, else as its text begins."""
    if not isinstance(outcome, dict):
        return None
    named = outcome.get("type")
    if not isinstance(named, str):
        named = str(outcome.get("error", "")).partition(":")[0].rpartition(".")[2]
    return named if is_error_type(named) else None


def likeness(outcome: JSON) -> str | None:
    """The text of an error with what is quoted, numbers and ids left out: the same for errors that are alike."""
    if not isinstance(outcome, dict) or not isinstance(outcome.get("error"), str):
        return None
    words = _COUNTED.sub("#", _QUOTED.sub("#", str(outcome["error"])[:READ]))
    return " ".join(_CHAINED.sub("#", words).casefold().split())
