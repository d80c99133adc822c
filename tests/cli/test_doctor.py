"""The doctor: sound, worth a look, or damaged; and every kind of damage to the log is found."""

from __future__ import annotations

import apsw
import pytest


@pytest.fixture
def used(on_file, wire, monkeypatch):
    """A database with a decided, executed action and one that waits."""
    ticket = wire.propose("DE89", 5)
    on_file("reviews", "edit", ticket.review, "--set", "amount=4", "-qy")
    ticket.wait(timeout=10)
    wire.propose("DE89", 6)
    return on_file


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr("handrail.cli.outcome.PATIENCE", 0.05)


def test_a_sound_database_ends_with_0(used):
    ended = used("doctor")
    assert ended.code == 0, ended.out
    for words in (
        "SQLite",
        "WAL",
        "Schema",
        "in order; the tree's root is",
        "each as its entries replay",
        "you are user:ann",
    ):
        assert words in ended.out
    assert {one["level"] for one in used("doctor", "--json").json["findings"]} <= {"good", "note"}


def test_what_works_but_should_be_looked_at_ends_with_1(used):
    assert "nobody is linked to your OS user eve" in used("doctor", user="eve").out
    assert used("doctor", user="eve").code == 1
    used.path.chmod(0o666)
    ended = used("doctor")
    assert (ended.code, "others may write it (mode 666)" in ended.out) == (1, True)


def test_erasure_is_no_damage(used):
    with apsw.Connection(str(used.path)) as connection:
        connection.execute("DELETE FROM disclosures WHERE name != 'data'; DELETE FROM revisions")
    ended = used("doctor")
    assert ended.code == 0
    assert " erased" in ended.out


DAMAGE = {
    "a state that nobody decided": (
        "UPDATE streams SET state = replace(state, '\"held\"', '\"cleared\"') WHERE kind = 'action'",
        "the stored state is not the one that its entries give",
    ),
    "a decided state taken back": (
        "UPDATE streams SET rev = rev + 0, state = replace(state, 'succeeded', 'failed') WHERE kind = 'action'",
        "the stored state is not the one that its entries give",
    ),
    "other arguments": (
        "UPDATE revisions SET args = replace(args, '4', '9') WHERE number = 2",
        "the arguments of revision 2 are not those that were decided on",
    ),
    "another note": (
        """UPDATE disclosures SET text = (
             SELECT text FROM disclosures other WHERE other.name = 'story' AND other.i != disclosures.i
           ) WHERE name = 'story' AND i = (SELECT min(i) FROM disclosures WHERE name = 'story')""",
        "the text 'story' is not the one it was written with",
    ),
    "data that is gone": ("DELETE FROM disclosures WHERE name = 'data' AND i = 5", "entry 5: its data is gone"),
    "an entry rewritten": (
        """DROP TRIGGER entries_fixed;
           UPDATE entries SET entry = CAST(replace(CAST(entry AS TEXT), '"human"', '"agent"') AS BLOB) WHERE i = 2""",
        "the stored leaf is not the hash of its bytes",
    ),
    "an entry dropped": ("DROP TRIGGER entries_stay; DELETE FROM entries WHERE i = 4", "entry 4 is missing: 5 follows"),
    "the end cut off": (
        "DROP TRIGGER entries_stay; DELETE FROM entries WHERE i = (SELECT max(i) FROM entries)",
        "the head's tree is not the tree of the entries",
    ),
    "a stream out of nothing": (
        """INSERT INTO streams
           SELECT tenant, 'act_zz', kind, status, rev, replace(state, id, 'act_zz'), parent, rank, born, due_at, lease
           FROM streams WHERE kind = 'action' LIMIT 1""",
        "act_zz is stored and has no entries",
    ),
    "a stream removed": ("DELETE FROM streams WHERE kind = 'review'", "has entries and is not stored"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "words"), DAMAGE.values(), ids=DAMAGE.keys())
def test_damage_is_found_and_ends_with_2(used, statement, words):
    with apsw.Connection(str(used.path)) as connection:
        connection.execute(statement)
    ended = used("doctor", columns=200)
    assert ended.code == 2, ended.out
    assert words in ended.out


def test_another_programs_file_is_no_database(terminal):
    apsw.Connection(str(terminal.path)).execute("CREATE TABLE diary (day)")
    assert terminal("doctor").err == "handrail: this file is no database of handrail: choose another path\n"
    terminal.path.write_text("x" * 5000)
    assert terminal("doctor").code == 1
