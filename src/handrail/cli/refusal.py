"""Refusals as a person meets them: one calm line on stderr, what to do, and an exit code that scripts can rely on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

from ..codec.policy_file import PolicyFileError
from ..errors import AlreadyDecided, HandrailError, Late, NotFound, StaleView, UnknownPerson, Unseen, UsageError
from ..view.escape import safe

DONE: Final = 0
REFUSED: Final = 1
USAGE: Final = 2
NOT_FOUND: Final = 3
INTERRUPTED: Final = 130
EXIT_CODES: Final = """Exit codes: 0 done; 1 refused, and nothing was changed; 2 the command was written wrong;
3 nothing found by that id or at that place; 130 interrupted."""


def code_of(error: HandrailError) -> int:
    """The exit code that an error ends the command with."""
    match error:
        case NotFound():
            return NOT_FOUND
        case UsageError():
            return USAGE
        case _:
            return REFUSED


def complain(text: str) -> None:
    """Say one thing on stderr; nothing in it can move the terminal."""
    print(f"handrail: {safe(' '.join(text.split()))}", file=sys.stderr, flush=True)


@contextmanager
def refused(about: str = "") -> Iterator[None]:
    """Turn an error of the product inside the block into its line and exit code. `about` is the id to look at."""
    try:
        yield
    except HandrailError as error:
        for line in map(str, error.mistakes) if isinstance(error, PolicyFileError) else (str(error),):
            complain(f"{line}{_advice(error, about)}")
        raise typer.Exit(code_of(error)) from None
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None


def _advice(error: HandrailError, about: str) -> str:
    match error:
        case StaleView() | AlreadyDecided() if about:
            return f" (`handrail reviews show {about}`)"
        case Unseen():
            return " (add --unfold, which draws what is folded)"
        case UnknownPerson():
            return " (`handrail people list` lists them)"
        case Late() if about:
            return f" (`handrail explain {about}` tells it)"
        case _:
            return ""
