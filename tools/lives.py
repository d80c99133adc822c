"""Writes `docs/reference/lives.md` from the tables of transitions: `python -m tools.lives`.

With `--explore` the counts are made anew, else they stay; a test holds page, tables and counts together.
"""

import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Final

from handrail.codec.records import NAMES
from handrail.engine.lives import TABLES
from handrail.stream import Table
from tests.heart.explore import table as counts
from tests.heart.scopes import NORMAL, WIDE

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "lives.md"
COUNTS: Final = "## What was explored"
MAY_END: Final = {"decided"}
"""States that can be left for a while, and are an end after that."""
HEAD: Final = """# Lives

Every change of an action, a review, a run or a row of the directory is one event, and each event is one entry of the
log. These tables say all there is: an event that meets a state without an arrow is refused as a defect. *Data* is
never personal and never erased; *texts* are disclosures that can be erased. `python -m tools.lives` writes this page.
"""
ABOUT: Final = f"""{COUNTS}

All that can happen to one action with its reviews was tried, breadth first: two people who may decide, one who answers
for the agent and may not, one executor that may crash, another that was fenced off, a strange agent; every kind of
command by each of them in every state, and the clock moved to each instant that matters, with the sweeper on time,
late or absent. In every state every invariant holds, and from every state a path leads to an end. Two states count as
one if they have the same future.
"""


def page(explored: str) -> str:
    """The whole page, with the exploration's table as given."""
    return "\n".join([HEAD, *(_life(name, table) for name, table in TABLES.items()), ABOUT, explored])


def explored(text: str) -> str:
    """The exploration's table on a written page; empty where there is none."""
    _, found, after = text.partition(COUNTS)
    return after[after.index("| Scope") :] if found and "| Scope" in after else ""


def _life(name: str, table: Table) -> str:
    lines = [f"## {name.capitalize()}", "", "```mermaid", "stateDiagram-v2", *_arrows(table), "```", ""]
    lines += ["| Event | From → to | Data | Texts | Meaning |", "| --- | --- | --- | --- | --- |"]
    return "\n".join([*lines, *(_row(event, table) for event in table), ""])


def _arrows(table: Table) -> Iterator[str]:
    """One arrow for each pair of states, with all events that take it; states that nothing leaves lead to the end."""
    labels: dict[tuple[str, str], list[str]] = {}
    for event, steps in table.items():
        for before, after in steps.items():
            labels.setdefault((before or "[*]", after), []).append(_short(event))
    for (before, after), events in labels.items():
        yield f"    {before} --> {after}: {', '.join(events)}"
    left = {before for before, after in labels if before != after} - MAY_END
    yield from (f"    {state} --> [*]" for state in dict.fromkeys(after for _, after in labels) if state not in left)


def _row(event: type, table: Table) -> str:
    meaning, texts = _told(event)
    steps = "<br>".join(f"{before or '·'} → {after}" for before, after in table[event].items())
    data = ", ".join(f"`{field.name}`" for field in fields(event))
    return f"| `{NAMES[event]}` | {steps} | {data} | {texts} | {meaning} |"


def _told(event: type) -> tuple[str, str]:
    """What the docstring says, and the texts it names."""
    told = " ".join((inspect.getdoc(event) or "").split())
    found = re.search(r" ?Texts: ([^.;]*)[.;]( the.*)?", told)
    return re.sub(r" ?Texts: .*", "", told), found[1] if found and found[1] != "none" else ""


def _short(event: type) -> str:
    return NAMES[event].partition(".")[2] if event.__module__.split(".")[1] != "directory" else NAMES[event]


def main(arguments: list[str]) -> None:
    """Write the page."""
    text = PAGE.read_text("utf-8") if PAGE.exists() else ""
    found = counts((*NORMAL, *WIDE)) if "--explore" in arguments or not text else explored(text)
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(found), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
