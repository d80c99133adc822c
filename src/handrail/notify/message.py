"""What people are told: what, who, until when, and where to look. No word of an agent, and no argument."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, assert_never
from zoneinfo import ZoneInfo

from ..view.escape import visible
from ..view.words import count

What = Literal[
    "asked", "reminded", "escalated", "handled", "expired", "closed", "alarm", "stopped", "failed", "lost", "digest",
    "test",
]  # fmt: skip

MOST: Final = 120
"""How long a name in a message may be drawn."""

_KINDS: Final = {
    "approval": "an approval",
    "check": "a suggestion to check",
    "exception": "a failed action",
    "question": "a question",
    "sample": "a sample",
    "run": "a run",
}


@dataclass(frozen=True, slots=True)
class Message:
    """One thing that one person is told. `id` is the same however often it is sent; times are µs.

    `kind` is that of the review, or "run"; `name` the action's where a person registered it; `who` has decided or
    stopped; `why` is the code of a monitor; `link` an absolute address. A digest stands for `count` reviews that wait
    and `others` that do not any more.
    """

    id: str
    what: What
    at: int
    link: str
    kind: str = ""
    name: str = ""
    who: str = ""
    why: str = ""
    until: int | None = None
    count: int = 1
    others: int = 0


def title(message: Message) -> str:
    """The message in one line of visible characters, for a subject or the head of a push."""
    kind = _KINDS.get(message.kind, "a review")
    about = f": {_drawn(message.name)}" if message.name else ""
    who = _drawn(message.who) or "somebody"
    match message.what:
        case "asked":
            return f"You are asked about {kind}{about}"
        case "reminded":
            return f"Still waiting for you, {kind}{about}"
        case "escalated":
            return f"Escalated to you, {kind}{about}"
        case "handled":
            return f"Handled by {who}, {kind}{about}"
        case "expired":
            return f"Nobody decided in time, {kind}{about}"
        case "closed":
            return f"No longer needed, {kind}{about}"
        case "alarm":
            return f"A monitor paused a run ({_drawn(message.why)})" if message.why else "A monitor paused a run"
        case "stopped":
            return f"A run was stopped by {who}"
        case "failed":
            return "A run failed"
        case "lost":
            return "The process of a run is gone"
        case "digest":
            return _gathered(message)
        case "test":
            return "A test message from Handrail"
    assert_never(message.what)


def _gathered(message: Message) -> str:
    ended = f"{count(message.others, 'review')} that you were told about ended" if message.others else ""
    waits = f"{count(message.count, 'review')} {'waits' if message.count == 1 else 'wait'} for you"
    return f"{waits}; {ended}" if message.count and ended else ended or waits


def until(message: Message, zone: str = "UTC") -> str:
    """Until when an answer counts, in the zone of whoever is told; empty where nothing ends."""
    if message.until is None:
        return ""
    moment = datetime.fromtimestamp(message.until // 1_000_000, UTC).astimezone(ZoneInfo(zone))
    return f"{moment:%a %d %b %Y, %H:%M} ({zone})"


def lines(message: Message, zone: str = "UTC") -> list[str]:
    """The whole message as lines of plain text."""
    ends = until(message, zone)
    return [title(message), *([f"Until {ends}"] if ends else []), *([message.link] if message.link else [])]


def _drawn(text: str) -> str:
    seen = visible(text)
    return seen if len(seen) <= MOST else seen[: MOST - 1] + "…"
