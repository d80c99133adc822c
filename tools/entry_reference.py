"""The page of log entries, from the events of each life."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, Final

from handrail.codec.records import EVENTS
from tools.markdown import doc, table

HEAD: Final = """\
# Log entries

Every change is one entry of the log. An entry holds ids, states and digests: `v`, `log`, `i` (its place), `t` (the
time), `type`, `sub` (the stream), `rev` (counts the stream's entries from 1), `from` and `to` (the states around it),
`act` (who acted: kind, id, how they had signed in), `sd` (the digests of its disclosures), and `bind` (the digest of
the action's arguments) where there is one. `handrail.audit.entry` says how the bytes are made.

Each entry has a disclosure `data` with the fields below and `v`, the version of their shape: no personal data, never
erased, enough to replay the state. **Texts** are further disclosures: what people or agents wrote, each erasable. Times
are integer microseconds since the epoch, UTC; durations are integer microseconds.
"""
STREAMS: Final = {
    "action": "An action: one proposed call.",
    "review": "A review: one question put to people.",
    "run": "A run: an agent's work of many steps.",
    "person": "A person of the directory.",
    "group": "A group of people.",
    "agent": "An agent that has used the database.",
    "access": "A refusal, on the stream of whoever was refused.",
}


def page() -> str:
    """The page as Markdown."""
    return "\n\n".join([HEAD.strip(), *(_section(stream) for stream in STREAMS)])


def _section(stream: str) -> str:
    rows = [_row(name, event) for name, event in EVENTS.items() if name.split(".")[0] == stream]
    return f"## {stream}\n\n{STREAMS[stream]}\n\n{table(('Type', 'Meaning', 'Fields of `data`', 'Texts'), rows)}"


def _row(name: str, event: type[Any]) -> tuple[str, str, str, str]:
    meaning, _, texts = doc(event).partition(" Texts: ")
    fields = ", ".join(f"`{field.name}`" for field in dataclasses.fields(event))
    kept = ", ".join(f"`{one}`" for one in re.findall(r"`(\w+)`", texts))
    return f"`{name}`", meaning, fields, kept
