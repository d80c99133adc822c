"""The demo in one terminal is real: what a person decides in the terminal changes the shop's own database."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.architecture.rules import ROOT
from tests.e2e.terminal import terminal


def refunded(state: Path, order: str) -> int:
    """Cents that the shop has given back on an order, read from its file."""
    with closing(sqlite3.connect(state / "shop.db")) as shop:
        return int(
            shop.execute("SELECT coalesce(sum(refunded), 0) FROM refunds WHERE order_id = ?", (order,)).fetchone()[0]
        )


def test_approving_in_the_terminal_changes_the_shop_and_shows_the_outcome(tmp_path):
    with terminal("-m", "examples.shop", "--terminal", "--state", str(tmp_path), cwd=ROOT) as screen:
        shown = screen.until("decide>")
        assert "SOLO MODE" in shown
        assert "no model" in shown
        assert 'amount  "480.00"' in shown
        assert refunded(tmp_path, "O-12958") == 0
        screen.type("a\nphotos look right\n")
        outcome = screen.until("T-1044")
        assert "480.00" in outcome
        assert refunded(tmp_path, "O-12958") == 48000


def test_an_edit_is_what_runs_and_enter_alone_approves_nothing(tmp_path):
    with terminal("-m", "examples.shop", "--terminal", "--state", str(tmp_path), cwd=ROOT) as screen:
        screen.until("decide>")
        screen.type("\n")
        screen.until("decide>")
        assert refunded(tmp_path, "O-12958") == 0
        screen.type("e\n")
        screen.until("order [")
        screen.type("\n200.00\n\nhalf, the grinder is fine\n")
        screen.until("T-1044")
        assert refunded(tmp_path, "O-12958") == 20000


def test_no_escape_of_a_ticket_reaches_the_terminal(tmp_path):
    with terminal("-m", "examples.shop", "--terminal", "--state", str(tmp_path), cwd=ROOT) as screen:
        screen.until("decide>")
        screen.type("r\nnot yet\n")
        hostile = screen.until("decide>")
        assert "⟨U+202E⟩" in hostile
        assert not {"\u202e", "\u200b", "\x1b"} & set(hostile)


def test_ctrl_c_keeps_the_question_and_the_next_start_finds_it(tmp_path):
    with terminal("-m", "examples.shop", "--terminal", "--state", str(tmp_path), cwd=ROOT) as screen:
        first = screen.until("decide>").split("rev_")[1].split()[0]
        screen.type("\x03")
        screen.until("what is open stays open")
        assert screen.process.wait(timeout=20) == 130
    with terminal("-m", "examples.shop", "--terminal", "--state", str(tmp_path), cwd=ROOT) as screen:
        assert screen.until("decide>").split("rev_")[1].split()[0] == first
