"""What is kept of an exception: its type, its message, and where in the user's code it was raised. Never what variables
held; secrets are covered, and all of it is bounded."""

from __future__ import annotations

import sysconfig
import traceback
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from ..view.masks import conceal

MESSAGE: Final = 4_000
"""Characters of a message that are kept."""
READ: Final = 2 * MESSAGE
FRAMES: Final = 8
CAUSES: Final = 3
LINE: Final = 160
_FOREIGN: Final = tuple(
    str(Path(one).resolve())
    for one in (Path(__file__).parents[1], sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib"))
)


def error_text(error: BaseException) -> dict[str, Any]:
    """An exception as what is kept of it; `because` are the errors that led to it, the nearest first."""
    kept = {"error": _said(error), "type": type(error).__name__, "at": _places(error)}
    because = [{"error": _said(one), "at": _places(one)} for one in islice(_causes(error), CAUSES)]
    return {**kept, "because": because} if because else kept


def _said(error: BaseException) -> str:
    """The type and the message, secrets covered: more is read than is kept, so that none is cut before it is found."""
    try:
        message = str(error)[:READ]
    except Exception:
        message = "its message cannot be read"
    return conceal(f"{type(error).__qualname__}: {message}").text[:MESSAGE]


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    following = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    while following is not None and id(following) not in seen:
        yield following
        seen.add(id(following))
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def _places(error: BaseException) -> list[str]:
    """The last frames of the user's own code; of all code where none of it is theirs."""
    frames = traceback.extract_tb(error.__traceback__, limit=-200)
    own = [frame for frame in frames if _is_own(frame.filename)]
    return [_place(frame) for frame in (own or list(frames))[-FRAMES:]]


def _is_own(filename: str) -> bool:
    if "site-packages" in filename or "dist-packages" in filename or filename.startswith("<frozen"):
        return False
    return not str(Path(filename).absolute()).startswith(_FOREIGN)


def _place(frame: traceback.FrameSummary) -> str:
    where = f"{frame.name} in {Path(frame.filename).name}:{frame.lineno}"
    line = conceal((frame.line or "")[: 4 * LINE]).text[:LINE]
    return f"{where}: {line}" if line else where
