"""The page of log entries, from the events of each life."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Final

from handrail.codec.records import EVENTS
from tools.markdown import table

HEAD: Final = """\
# Log entries

Every change is one entry of the log, and every entry one change of one stream. [Lives](lives.md) has each type with its
states, its data and its meaning; this page says what all entries have in common. `handrail.audit.entry` makes the
bytes: canonical JSON (RFC 8785) in ASCII, at most 16 KiB.

| Member | Meaning |
| --- | --- |
| `v` | The version of the format: `handrail-audit/1`. |
| `log` | The origin of the log. |
| `i` | The entry's place in the log, from 0. |
| `t` | The time, UTC, to the microsecond; never before that of the entry before. |
| `type` | What happened, as listed below. |
| `sub` | The stream: the id of an action, review, run, person, group or agent. |
| `rev` | Counts the stream's entries from 1, without gaps. |
| `from`, `to` | The stream's states around the entry; `from` is null at birth. |
| `act` | Who acted: `kind` (human, agent, system), `id`, and `auth`, how they had signed in. |
| `sd` | The digest of each disclosure, by name. |
| `bind` | The digest of the action's arguments, where the entry is about some. |
| `pol` | The digest of the policy that decided, where there is one; no entry has it yet. |

An entry holds no names and no words. What belongs to it hangs on it as **disclosures**, each salted, so that its digest
tells nothing. `data` is what is needed to replay the state: never personal, never erased. The others are texts that
people or agents wrote; one can be erased alone, and every proof still holds.
"""
STREAMS: Final = {
    "action": "Action", "review": "Review", "run": "Run", "person": "Directory", "group": "Directory",
    "agent": "Directory", "access": "Directory",
}  # fmt: skip
"""Where each stream stands on the page of lives."""


def page() -> str:
    """The page as Markdown."""
    types = table(("Stream", "Types"), map(_types, STREAMS))
    texts = table(("Disclosure", "Entries that may have it"), _texts())
    return f"{HEAD.strip()}\n\n## Types\n\n{types}\n\n## Texts\n\n{texts}"


def _types(stream: str) -> tuple[str, str]:
    names = [f"`{name}`" for name in EVENTS if name.split(".")[0] == stream]
    return f"[{stream}](lives.md#{STREAMS[stream].lower()})", ", ".join(names)


def _texts() -> Iterator[tuple[str, str]]:
    carriers: dict[str, list[str]] = {}
    for name, event in EVENTS.items():
        for text in re.findall(r"`(\w+)`", (inspect.getdoc(event) or "").partition("Texts: ")[2]):
            carriers.setdefault(text, []).append(f"`{name}`")
    return ((f"`{text}`", ", ".join(names)) for text, names in carriers.items())
