"""Nothing hidden stays hidden, nothing is lost, and no two texts are drawn alike."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from handrail.view.escape import MOST_MARKS, hidden, quoted, safe, visible

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=60)
HOSTILE = st.text(
    st.sampled_from("a b⟨⟩U+0⏎⇥\n\t\r\x1b\x9b\u202e\u2066\u200b\u200d\ufeff\u0301\ufe0f\U000e0041\ud800\u3164 \u00a0")
)


def restore(text: str) -> str:
    """Read a visible text back."""
    return re.sub(
        r"⟨U\+([0-9A-F]+)(?: [^⟩]*)?⟩", lambda m: chr(int(m[1], 16)), text.replace("⏎", "\n").replace("⇥", "\t")
    )


@given(ANY | HOSTILE)
@example("⟨U+202E⟩")
@example("\u202e")
@example("a\r\n⏎\n⇥\t")
def test_every_character_is_accounted_for_so_no_two_texts_are_drawn_alike(text: str) -> None:
    assert restore(visible(text)) == text
    assert restore(visible(text, named=True)) == text


@given(ANY | HOSTILE)
def test_what_is_drawn_holds_nothing_that_hides_moves_or_commands(text: str) -> None:
    for drawn in (visible(text), visible(text, named=True), quoted(text), safe(text)):
        for char in drawn:
            assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
            assert char == " " or not char.isspace()
            assert char not in "\u115f\u1160\u3164\uffa0\u2800\u034f"
            assert not "\ufe00" <= char <= "\ufe0f"


@given(st.text(st.sampled_from("ab \u0301\u0302\u0489\u20dd"), max_size=40))
def test_marks_never_pile_up(text: str) -> None:
    run = 0
    for char in visible(text):
        run = run + 1 if unicodedata.category(char)[0] == "M" else 0
        assert run <= MOST_MARKS


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("plain text, 1.50 €", "plain text, 1.50 €"),
        ("Zoë e\u0301té 山田 👍", "Zoë e\u0301té 山田 👍"),
        ("\u202e", "⟨U+202E⟩"),
        ("a\u00a0b", "a⟨U+00A0⟩b"),
        ("one\ntwo\tthree", "one⏎two⇥three"),
        ("\u0301start", "⟨U+0301⟩start"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("⏎", "⟨U+23CE⟩"),
        ("❤\ufe0f", "❤⟨U+FE0F⟩"),
    ],
)
def test_what_is_plain_stays_and_the_rest_is_drawn(text: str, drawn: str) -> None:
    assert visible(text) == drawn


def test_the_long_form_names_the_character() -> None:
    assert visible("\u202e", named=True) == "⟨U+202E RIGHT-TO-LEFT OVERRIDE⟩"


def test_hidden_characters_are_counted_but_not_line_breaks_nor_brackets() -> None:
    assert hidden("a\nb\tc ⟨x⟩ ⏎") == 0
    assert hidden("a\u200bb\u202ec\x1b") == 3


def test_quotes_cannot_be_left() -> None:
    assert quoted('a" b\\') == '"a\\" b\\\\"'
