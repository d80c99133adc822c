"""Reads a stream's life back out of the log: entries and `data` disclosures give the state, and nothing else does."""

from collections.abc import Iterable

import orjson

from ..audit.disclosure import open_disclosure
from ..audit.entry import Entry, parse_entry
from ..codec.records import State, read_event
from ..errors import CorruptLog
from ..principal import Principal
from ..stream import IllegalTransition, Sealed
from .lives import evolve


def replay(rows: Iterable[tuple[bytes, str]]) -> State | None:
    """The state of one stream from its entries, in order, each with the text of its `data` disclosure.

    Raises `CorruptLog` where an entry and its disclosure, its count or its states contradict each other.
    """
    state: State | None = None
    for raw, disclosed in rows:
        entry = parse_entry(raw)
        state = advance(state, entry, disclosed)
    return state


def advance(state: State | None, entry: Entry, disclosed: str) -> State:
    """The state after one more entry of its stream, with the text of the entry's `data`. Raises `CorruptLog`."""
    _, name, value = open_disclosure(disclosed)
    data = orjson.loads(value)
    rev, before = (state.rev, state.status) if state else (0, None)
    if name != "data" or not isinstance(data, dict) or entry.rev != rev + 1 or entry.from_ != before:
        raise CorruptLog(f"entry {entry.i} of {entry.sub} does not follow from the one before it")
    by = Principal(entry.act.kind, entry.act.id, entry.act.auth)
    sealed = Sealed(read_event(entry.type, data), entry.rev, entry.t, by, entry.sd)
    try:
        after = evolve(state, sealed, entry.sub)
    except IllegalTransition as error:
        raise CorruptLog(f"entry {entry.i} of {entry.sub}: {error}") from error
    if after.status != entry.to:
        raise CorruptLog(f"entry {entry.i} of {entry.sub} says {entry.to}, its event leads to {after.status}")
    return after
