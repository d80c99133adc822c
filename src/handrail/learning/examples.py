"""Which past decisions are most alike to a call: for prompts, so that an agent learns before it asks.

The measure, from 0 to 1, is the mean over all argument names of either call, of how alike their values are: equal ones
1; numbers 1 less their distance over the sum of their sizes; texts the share of words they have in common, of all words
in either (Jaccard); lists and objects the same over their members; everything else, and what one lacks, 0. Of two alike
ones the newer comes first.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, Final

import orjson

from ..action.model import Action
from ..backend import Decided, Example, Text
from ..codec.records import read_state
from ..review.model import Review
from ..store.protocol import Reader
from ..view.masks import mask
from ..view.model import Erased
from .decisions import DecisionLog, Sees

NEWEST: Final = 200
"""The last decided actions of a name that are compared."""
LONGEST: Final = 16 * 1024
"""Bytes of arguments that are compared; longer ones are alike to nothing."""
MOST: Final = 50
WORD: Final = re.compile(r"\w+")


def examples(
    log: DecisionLog, reader: Reader, tenant: str, name: str, args: str | None, *, limit: int, sees: Sees
) -> list[Example]:
    """The most alike of the newest decided actions of a name, with their secrets covered."""
    wanted = _compared(orjson.loads(args) if args else {})
    found = []
    for row in reader.decided(tenant, name, 0, NEWEST):
        action = read_state(row.kind, row.state)
        if isinstance(action, Action) and sees(action) and (made := _of(log, reader, tenant, action)):
            found.append(Example(made, _alike(wanted, _compared(made.args))))
    found.sort(key=lambda one: (-one.alike, -one.decided.at, one.decided.action))
    return [Example(covered(one.decided), one.alike) for one in found[: min(limit, MOST)]]


def _of(log: DecisionLog, reader: Reader, tenant: str, action: Action) -> Decided | None:
    rows = reader.streams(tenant, (action.asked,)) if action.asked else []
    review = read_state(rows[0].kind, rows[0].state) if rows else None
    return log.about(reader, action, review) if isinstance(review, Review) else None


def _compared(args: Any) -> Any:
    """What there is to compare: of what was erased, or is too long, nothing."""
    return None if isinstance(args, Erased) or len(orjson.dumps(args)) > LONGEST else args


def _alike(wanted: Any, args: Any) -> float:
    return 0.0 if wanted is None or args is None else round(alike(wanted, args), 4)


def alike(one: Any, other: Any) -> float:
    """How alike two values are, from 0 to 1."""
    if type(one) is type(other) and one == other:
        return 1.0
    match one, other:
        case (bool(), _) | (_, bool()):
            return 0.0
        case (int() | float(), int() | float()):
            return 1 - abs(one - other) / (abs(one) + abs(other) or 1)
        case (str(), str()):
            return _shared(WORD.findall(one.lower()), WORD.findall(other.lower()))
        case (list(), list()):
            return _shared([orjson.dumps(item) for item in one], [orjson.dumps(item) for item in other])
        case (dict(), dict()):
            names = one.keys() | other.keys()
            both = one.keys() & other.keys()
            return sum(alike(one[name], other[name]) for name in both) / len(names)
        case _:
            return 0.0


def _shared(one: list[Any], other: list[Any]) -> float:
    every = set(one) | set(other)
    return len(set(one) & set(other)) / len(every) if every else 0.0


def covered(made: Decided) -> Decided:
    """The decision with every secret in its texts covered, for a prompt or a file."""
    return replace(
        made, args=_masked(made.args), decided=_masked(made.decided), value=_masked(made.value), note=_masked(made.note)
    )


def _masked(text: Text) -> Text:
    shown: Any = text if isinstance(text, Erased) else mask(text)
    masked: Text = shown
    return masked
