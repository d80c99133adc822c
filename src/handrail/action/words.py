"""The words of an action that stay in the log for ever: names and ids, never free text that could be about somebody."""

import re
from typing import Final

from ..errors import InvalidValue

NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,199}")
EXECUTOR: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")
ID: Final = re.compile(r"[a-z]{3}_[A-Za-z0-9]{1,26}")


def is_name(text: str) -> bool:
    """Whether a text can name an action."""
    return NAME.fullmatch(text) is not None


def require_name(text: str) -> None:
    """Raise `InvalidValue` for a text that cannot name an action."""
    if not is_name(text):
        raise InvalidValue(f"{text[:60]!a} cannot name an action: use letters, digits, '_', '-' and '.', up to 200")


def require_executor(text: str) -> None:
    """Raise `InvalidValue` for a text that cannot name an executor."""
    if not EXECUTOR.fullmatch(text):
        raise InvalidValue(f"{text[:60]!a} cannot name an executor: use letters, digits, '_', '-', '.', ':', up to 64")


def require_ids(**given: str | None) -> None:
    """Raise `InvalidValue` for a value that is no id."""
    for name, text in given.items():
        if text is not None and not ID.fullmatch(text):
            raise InvalidValue(f"{name}: {text[:60]!a} is no id")
