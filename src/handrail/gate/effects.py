"""What the conductor asks its driver to do. Each is a request for one answer; none does anything by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .controls import Controls


@dataclass(frozen=True, slots=True)
class Commit:
    """Send a command to a stream and give back the answer; repeated under one id while the store is unavailable."""

    subject: str
    command: object


@dataclass(frozen=True, slots=True)
class Moved:
    """Wait until the action is beyond `rev`; `None` once `timeout` seconds are over."""

    action: str
    rev: int
    timeout: float | None


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Call user code that describes the action, or runs it; await what it returns where that is awaitable."""

    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Held:
    """The call waits for people: say so once, and ask here if this is the place."""

    answer: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """Read from the backend; an event loop goes on meanwhile where that means another machine."""

    read: Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Rest:
    """An attempt failed, and the next one follows in `pause` µs: say so."""

    name: str
    attempt: int
    pause: int


@dataclass(frozen=True, slots=True)
class Heard:
    """Wait until more is heard of what people ask of a watched run than `seen` changes, or for `timeout` seconds."""

    controls: Controls
    seen: int
    timeout: float | None = None


Effect = Commit | Moved | Evaluate | Held | Look | Rest | Heard
