"""What must hold of a database file at any moment, read with nothing but SQL and the log's own formats."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import orjson

from handrail.audit import tree
from handrail.audit.disclosure import disclosure_digest, open_disclosure
from handrail.audit.entry import Entry, leaf, parse_entry
from handrail.codec.records import State, read_state
from handrail.engine.replay import replay


@dataclass
class Books:
    """A file's entries, opened `data` disclosures and states; `check` raises for the first thing that is wrong."""

    path: str
    entries: list[Entry] = field(default_factory=list)
    data: dict[int, Any] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    args: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        connection = apsw.Connection(self.path)
        try:
            self._read(connection)
        finally:
            connection.close()

    def _read(self, connection: apsw.Connection) -> None:
        assert connection.pragma("integrity_check") == "ok"
        rows = list(connection.execute("SELECT i, sub, rev, entry, leaf FROM entries ORDER BY i"))
        texts = defaultdict[int, dict[str, str]](dict)
        for i, name, digest, text in connection.execute("SELECT i, name, digest, text FROM disclosures"):
            assert disclosure_digest(text) == digest
            texts[i][name] = text
        self.entries = [parse_entry(row[3]) for row in rows]
        self._log_is_whole(rows, list(connection.execute("SELECT size, frontier, at FROM heads")))
        self._texts_are_those_committed(texts)
        for bind, args in connection.execute("SELECT bind, args FROM revisions"):
            self.args[bind] = orjson.loads(args)
        self._states_follow(rows, texts, list(connection.execute("SELECT id, kind, status, rev, state FROM streams")))

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


def erased(path: str, target: Path) -> str:
    """A copy of the file without anything that can be erased."""
    source, copy = apsw.Connection(path), apsw.Connection(str(target))
    try:
        with copy.backup("main", source, "main") as backup:
            backup.step()
        copy.execute("DELETE FROM disclosures WHERE name != 'data'; DELETE FROM revisions")
    finally:
        copy.close()
        source.close()
    return str(target)
