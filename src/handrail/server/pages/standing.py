"""Where a review stands, in sentences: who did what, how long ago, and what follows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from ...backend import Wait
from ...review.model import OPEN
from ...view.facts import Reader, ending
from ...view.words import clock, count, duration, relative

Page = Mapping[str, Any]
DONE: Final = {
    "approve": "approved this", "edit": "approved this with other arguments", "reject": "rejected this",
    "send_back": "sent this back", "answer": "answered", "retry": "let it run again", "supply": "gave the result",
    "skip": "skipped it", "abort": "gave it up", "happened": "said that it took effect",
    "not_happened": "said that it did not take effect", "right": "found this right", "wrong": "found this wrong",
}  # fmt: skip
ASKS: Final = {
    "approval": "Approval", "check": "Check", "question": "Question", "exception": "Failed",
    "sample": "Sample",
}  # fmt: skip
ENDED: Final = {
    "withdrawn": "The agent took this back before anybody decided. Nothing is left to do.",
    "superseded": "Another review has taken the place of this one. Nothing is left to do here.",
}
BECAME: Final = {
    "succeeded": "It ran.", "failed": "It ran, and failed.", "skipped": "It was skipped.",
    "claimed": "It is about to run.", "started": "It is running.",
    "cleared": "It may run now; whoever runs it has not begun.",
    "unknown": "It was started, and nobody knows whether it took effect.",
}  # fmt: skip
"""What became of the action after the review."""


class Said(NamedTuple):
    """A sentence, and how it is meant: `ok`, `warn`, `bad` or `info`."""

    kind: str
    text: str


class Until(NamedTuple):
    """How much time is left, or nothing, and what happens at its end."""

    left: str
    words: str


def until(page: Page) -> Until:
    """Until when a decision is awaited, and what happens then."""
    row, now = page["row"], page["now"]
    ends = ending(row["at_end"], Reader(_same, now), row["cause"])
    if row["status"] not in OPEN or row["deadline"] <= now:
        return Until("", f"The deadline was {clock(row['deadline'], now=now)}.")
    return Until(
        f"{duration(row['deadline'] - now)} left", f"If nobody decides by {clock(row['deadline'], now=now)}, {ends}."
    )


def standing(page: Page, me: str) -> Iterator[Said]:
    """All that there is to say of where it stands."""
    row = page["row"]
    if page["decision"]:
        yield from _decided(page, me)
    elif row["status"] == "expired":
        ends = ending(row["at_end"], Reader(_same, page["now"]), row["cause"])
        yield Said("warn", f"The deadline passed {_ago(page, row['deadline'])}, and nobody had decided: {ends}.")
    elif row["status"] in ENDED:
        yield Said("info", ENDED[row["status"]])
    else:
        yield from _open(page, me)
    if page["outcome"] and row["kind"] != "question" and page["outcome"]["status"] in BECAME:
        yield Said("info", BECAME[page["outcome"]["status"]])


def foreseen(wait: Wait | None) -> str:
    """How long it will probably take until somebody decides, or that nobody is there; nothing where too little is
    known."""
    if wait is None or wait.known in ("too_few", "long_queue"):
        return ""
    return "No reviewer is online." if wait.known == "nobody_online" else f"Probably decided in {wait}."


def turned_out(page: Page, me: str) -> Said | None:
    """What was said last of how it turned out after its end."""
    if not page["reports"]:
        return None
    last = page["reports"][-1]
    how, says = "wrong" if last["wrong"] else "right", "say" if last["by"]["id"] == me else "says"
    words = f": “{last['note']}”" if last["note"] else "."
    text = f"It turned out {how}, {says} {_who(last['by'], me)} {_ago(page, last['at'])}{words}"
    return Said("bad" if last["wrong"] else "ok", text)


def _decided(page: Page, me: str) -> Iterator[Said]:
    made = page["decision"]
    verb = DONE.get(made["outcome"], f"decided: {made['outcome']}")
    kind = "bad" if made["outcome"] in ("reject", "abort") else "ok"
    yield Said(kind, f"{_who(made['by'], me)} {verb} {_ago(page, page['row']['decision']['at'])}.")
    if made["effective_at"] > page["now"] and not page["row"]["decision"]["effective"]:
        yield Said("warn", f"It takes effect {relative(page['now'], made['effective_at'])}; until then it can be "
                   "taken back.")  # fmt: skip


def _open(page: Page, me: str) -> Iterator[Said]:
    row = page["row"]
    voted = [_who(one, me) for one in row["votes"]]
    if voted:
        more = f"{count(row['missing'], 'more person has', 'more people have')} to agree"
        yield Said("ok", f"{', '.join(voted)} approved this; {more}.")
    if row["claimed_by"]:
        verb = "are" if row["claimed_by"]["id"] == me else "is"
        ends = relative(page["now"], row["claim_until"]) if row["claim_until"] else ""
        yield Said("info", f"{_who(row['claimed_by'], me)} {verb} at it; the claim ends {ends}.")
    if page["refusal"]:
        text = page["refusal"]["text"]
        yield Said("warn", f"You cannot decide this: {text}{'' if text.endswith('.') else '.'}")


def conflict(page: Page, me: str, code: str) -> Said | None:
    """What came between somebody and their decision."""
    now = next(iter(standing(page, me)), None)
    so = f" {now.text}" if now and code in ("already_decided", "late") else ""
    match code:
        case "already_decided" | "late":
            return Said("bad", f"What you sent came too late, and changed nothing.{so}")
        case "stale_view":
            return Said("bad", "This changed while you looked at it, so that nothing was decided. Below is how it "
                        "stands now: read it again.")  # fmt: skip
        case _:
            return None


def _who(who: Mapping[str, str], me: str) -> str:
    return "You" if who["id"] == me else who["name"]


def _ago(page: Page, time: int) -> str:
    return relative(page["now"], time)


def _same(id_: str) -> str:
    return id_
