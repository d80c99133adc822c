"""What must hold of a database at any moment, read with nothing but SQL and the log's own formats."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

import apsw
import orjson
import psycopg

from handrail.audit import tree
from handrail.audit.disclosure import disclosure_digest, open_disclosure
from handrail.audit.entry import Entry, leaf, parse_entry
from handrail.codec.records import State, read_state
from handrail.engine.replay import replay
from handrail.store.address import is_remote

TABLES: Final = {
    "entries": "SELECT i, sub, rev, entry, leaf FROM entries ORDER BY i",
    "disclosures": "SELECT i, name, digest, text FROM disclosures",
    "heads": "SELECT size, frontier, at FROM heads WHERE size > 0",
    "revisions": "SELECT bind, args FROM revisions",
    "streams": "SELECT id, kind, status, rev, state FROM streams",
    "commands": "SELECT id, answer FROM commands",
}
Tables = dict[str, list[Any]]


def tables(address: str) -> Tables:
    """What is in a database now, in one snapshot."""
    if is_remote(address):
        with psycopg.connect(address) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            return {name: connection.execute(query.encode()).fetchall() for name, query in TABLES.items()}
    file = apsw.Connection(address)
    try:
        assert file.pragma("integrity_check") == "ok"
        file.execute("BEGIN")
        return {name: list(file.execute(query)) for name, query in TABLES.items()}
    finally:
        file.close()


def erased(found: Tables) -> Tables:
    """The same without anything that can be erased."""
    return found | {"disclosures": [row for row in found["disclosures"] if row[1] == "data"], "revisions": []}


@dataclass
class Books:
    """A database's entries, `data` disclosures and states; making it raises for the first thing that is wrong."""

    address: str
    tables: Tables = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    data: dict[int, Any] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tables = self.tables or tables(self.address)
        rows = self.tables["entries"]
        texts = defaultdict[int, dict[str, str]](dict)
        for i, name, digest, text in self.tables["disclosures"]:
            assert disclosure_digest(text) == digest
            texts[i][name] = text
        self.entries = [parse_entry(row[3]) for row in rows]
        self._log_is_whole(rows, self.tables["heads"])
        self._texts_are_those_committed(texts)
        for bind, args in self.tables["revisions"]:
            self.args[bind] = orjson.loads(args)
        self._states_follow(rows, texts, self.tables["streams"])

    def _log_is_whole(self, rows: list[Any], heads: list[Any]) -> None:
        assert [row[0] for row in rows] == list(range(len(rows)))
        assert [(e.sub, e.rev) for e in self.entries] == [(row[1], row[2]) for row in rows]
        assert [leaf(row[3]) for row in rows] == [row[4] for row in rows]
        times = [e.t for e in self.entries]
        assert times == sorted(times)
        expected = (
            [(len(rows), tree.encode(tree.extend(tree.EMPTY, (row[4] for row in rows))), times[-1])] if rows else []
        )
        assert heads == expected

    def _texts_are_those_committed(self, texts: dict[int, dict[str, str]]) -> None:
        for entry in self.entries:
            kept = texts[entry.i]
            assert "data" in kept, f"entry {entry.i} has no data"
            assert all(entry.sd[name] == disclosure_digest(text) for name, text in kept.items())
            self.data[entry.i] = orjson.loads(open_disclosure(kept["data"]).value)

    def _states_follow(self, rows: list[Any], texts: dict[int, dict[str, str]], streams: list[Any]) -> None:
        raw = {row[0]: row[3] for row in rows}
        lives = self.lives()
        assert set(lives) == {row[0] for row in streams}
        for sub, kind, status, rev, state in streams:
            life = lives[sub]
            self.states[sub] = read_state(kind, state)
            assert [e.rev for e in life] == list(range(1, rev + 1))
            assert [e.from_ for e in life] == [None, *(e.to for e in life[:-1])]
            assert life[-1].to == status == self.states[sub].status
            assert replay((raw[e.i], texts[e.i]["data"]) for e in life) == self.states[sub]

    def lives(self) -> dict[str, list[Entry]]:
        """The entries of each stream, in order."""
        found = defaultdict[str, list[Entry]](list)
        for entry in self.entries:
            found[entry.sub].append(entry)
        return dict(found)

    def starts(self) -> Counter[str]:
        """How often which arguments (canonical JSON) may have run, each under a grant of its own for those bytes."""
        found: Counter[str] = Counter()
        for life in self.lives().values():
            grant, used, free = None, set[tuple[str, int]](), False
            for entry in life:
                data = self.data[entry.i]
                if entry.type == "action.cleared":
                    grant = data["grant"]
                free = free or entry.type in ("action.cleared", "action.attempt_failed")
                assert entry.to != "unknown" or used, "nobody can not know how a call ended that never left"
                if entry.type == "action.started":
                    assert free, f"{entry.sub} was started again, and nobody had said that it may be"
                    assert grant is not None
                    assert grant["bind"] == data["bind"]
                    assert (grant["by"], data["attempt"]) not in used
                    used.add((grant["by"], data["attempt"]))
                    free = False
                    found[orjson.dumps(self.args[data["bind"]]).decode()] += 1
        return found

    def outcomes(self) -> dict[str, str]:
        """The outcome that each decided review has in the log."""
        return {e.sub: self.data[e.i]["outcome"] for e in self.entries if e.type == "review.decided"}

    def answers(self) -> dict[str, Any]:
        """The first answer to each command, by the command's id."""
        return {name: orjson.loads(text) for name, text in self.tables["commands"]}


def open_books(address: str) -> Books:
    """The books of a database, which hold also once everything is erased that can be."""
    books = Books(address)
    assert Books(address, erased(books.tables)).states == books.states
    return books
