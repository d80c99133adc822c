"""An edit shows every value it changed, with its type, and nothing else."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handrail.view.columns import columns
from handrail.view.diff import diff_lines
from handrail.view.lines import plain
from handrail.view.model import Erased

from .corpus import GITHUB

JSON: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def shown(old: Any, new: Any) -> str:
    """Return a diff as text."""
    return plain(diff_lines(old, new))


def test_a_changed_value_is_removed_and_added() -> None:
    assert shown({"amount": "1240.00", "to": "x"}, {"amount": "620.00", "to": "x"}) == (
        '- args.amount  "1240.00"\n+ args.amount  "620.00"'
    )


def test_types_are_told_apart() -> None:
    assert shown({"n": "42"}, {"n": 42}) == '- args.n  "42"\n+ args.n  42'
    assert shown({"n": 1}, {"n": True}) == "- args.n  1\n+ args.n  true"
    assert shown({"n": 1}, {"n": 1.0}) == "- args.n  1\n+ args.n  1.0"
    assert shown({"n": []}, {"n": {}}) == "- args.n  []\n+ args.n  {}"
    assert shown({"n": None}, {}) == "- args.n  null"


def test_members_of_what_came_or_went_are_all_told() -> None:
    assert shown({"a": [1]}, {"a": [1, {"b": [2], "c": {}}]}) == "+ args.a[1].b[0]  2\n+ args.a[1].c  {}"
    assert shown({"a": "x"}, {"a": {"b": 1}}) == '- args.a  "x"\n+ args.a.b  1'


def test_only_equal_stretches_of_long_texts_are_folded() -> None:
    text = shown({"m": "x" * 300 + "EVIL" + "y" * 300}, {"m": "x" * 300 + "GOOD" + "y" * 300})
    assert text.count("⟨equal: 260 characters⟩") == 4
    assert "EVIL" in text
    assert "GOOD" in text
    assert "x" * 45 not in text


def test_hidden_characters_of_an_edit_are_drawn() -> None:
    assert shown({"a": "b"}, {"a": "b\u202e"}) == '- args.a  "b"\n+ args.a  "b⟨U+202E⟩"'


def test_secrets_of_an_edit_are_covered() -> None:
    text = shown({"password": "old one", "note": GITHUB}, {"password": "new one", "note": "x"})
    assert "one" not in text
    assert GITHUB not in text


def test_no_change_and_erased_parts_say_so() -> None:
    assert shown({"a": 1}, {"a": 1}) == "No change."
    assert shown(Erased("9f3c"), {"a": 1}) == "[erased, sha256 9f3c]"


@given(JSON, JSON)
def test_a_diff_is_empty_only_without_a_change(old: Any, new: Any) -> None:
    lines = diff_lines(old, new, width=60)
    same = repr(old) == repr(new) or (plain(lines) == "No change.")
    assert same == (plain(diff_lines(new, old, width=60)) == "No change.")
    assert (plain(diff_lines(old, old)) == "No change.") is True
    for line in lines:
        assert line.text.isprintable()
        assert line.style in ("removed", "added", "muted")


def test_long_paths_leave_room_for_values() -> None:
    lines = diff_lines({"k" * 60: "x" * 150}, {}, width=60)
    assert all(columns(line.text) <= 70 for line in lines)
