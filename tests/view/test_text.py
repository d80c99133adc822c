"""A person sees first what would run, in full, the agent's words last and fenced, and nothing that acts."""

from __future__ import annotations

import unicodedata
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.view.columns import columns
from handrail.view.lines import FENCE, Line, Style
from handrail.view.model import Erased
from handrail.view.text import plain, render, summary
from handrail.view.value import JSON

from .corpus import GITHUB, HOSTILE, PEM, Case, nested
from .pages import MINUTE, NAMES, OPENED, page, view

ANY = st.text(st.characters(codec=None, exclude_categories=()), max_size=40)
TRICKY = st.text(
    st.sampled_from('a b⟨⟩┆✓⚑─\n\t\r\x1b\x9b\u202e\u200b\u0301\ufe0f\ud800\u3164\u00a0山👍"\\'), max_size=80
)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY | TRICKY,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY | TRICKY, inner, max_size=4),
    max_leaves=8,
)


def shown(*args: Any, **kwargs: Any) -> str:
    """Return a page as text."""
    return plain(page(*args, **kwargs))


def squeezed(text: str) -> str:
    """Return a text without what wrapping and indentation add."""
    return "".join(text.replace("┆", "").split())


def check(lines: list[Line], width: int) -> None:
    """Assert what holds for every page: it fits, its styles are known, it holds nothing that hides or commands."""
    for line in lines:
        assert columns(line.text) <= width, line
        assert line.style in get_args(Style)
        for char in line.text:
            assert unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        for span in line.spans:
            assert 0 <= span.start <= span.end <= len(line.text)
            assert span.style in get_args(Style)


@pytest.mark.parametrize("width", [60, 100])
@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_what_must_be_seen_is_seen_and_no_secret_is(case: Case, width: int) -> None:
    lines = page(**{"args": {"amount": "620.00"}, case.part: case.value}, width=width)
    check(lines, width)
    text = squeezed(plain(lines))
    assert all(squeezed(part) in text for part in case.seen)
    assert not any(squeezed(part) in text for part in case.unseen)


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_every_flag_is_told_with_its_place(case: Case) -> None:
    flags = [line.text for line in page(**{"args": {}, case.part: case.value}) if line.style == "flag"]
    heads = [text for text in flags if text.startswith("  ⚑ ") and "Folded and not opened" not in text]
    assert len(heads) == len(view(**{case.part: case.value})["flags"])
    assert all(f", {case.part}" in head for head in heads)


@pytest.mark.parametrize("case", [case for case in HOSTILE if case.part == "story"], ids=lambda case: case.name)
def test_agent_text_never_leaves_its_fence(case: Case) -> None:
    without = [line.text for line in page({"amount": 1})]
    lines = page({"amount": 1}, None, case.value)
    own = [line for line in lines if not line.text.startswith(FENCE)]
    assert [line.text for line in own if line.style != "flag"] == [*without, ""]
    assert all(line.text.startswith("  ") for line in own if line.style == "flag")
    assert lines[-1].style == "agent"


@given(
    VALUES,
    VALUES,
    st.dictionaries(st.sampled_from(["description", "impact", "preview", "✓ x"]), VALUES),
    st.integers(40, 110),
)
@settings(max_examples=150, deadline=None)
def test_whatever_the_agent_sends_the_page_is_calm(args: Any, context: Any, story: Any, width: int) -> None:
    lines = page(args, context, story, width=width)
    check(lines, width)
    fenced = [line.style == "agent" for line in lines]
    assert fenced == sorted(fenced)
    assert all(line.text.startswith(FENCE) for line in lines if line.style == "agent")
    check([Line("value", summary("tool", args, width))], width)


@given(st.lists(TRICKY, min_size=2, max_size=2, unique=True))
@settings(deadline=None)
def test_different_arguments_never_look_alike(texts: list[str]) -> None:
    one, other = (shown({"memo": text}) for text in texts)
    assert one != other


def test_the_order_is_the_order_of_trust() -> None:
    text = shown({"amount": "620.00"}, {"ticket": 1}, {"description": "please"})
    order = [
        "APPROVE  payments.refund",
        "Until 14:45 UTC",
        "Why ",
        "EXACT ARGUMENTS",
        "CONTEXT",
        "agent text, not verified",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_the_facts_are_told_in_words() -> None:
    text = shown({"amount": "620.00"})
    for part in (
        "Until 14:45 UTC, in 22 min. If nobody decides, it is rejected.",
        "Why      rule “refunds over 500 need two people” asks for it · policy sha256 77aa 51d0 … 0011",
        "Asked    Nora Lindqvist and Ben Kato, for 15 min, reminded every 5 min",
        "Then     Chi Tran from 14:35 UTC, for 10 min",
        "Needs    1 of Treasury and 1 of Legal to approve",
        "Risk     high, cannot be undone",
        "Agent    support-triage for Nora Lindqvist, run session 4821",
        "Undo     a decision can be taken back for 5 min",
        "only these bytes run · sha256 9f3c 51d0 … e21a",
        "0 hidden characters",
    ):
        assert part in text


@pytest.mark.parametrize(
    ("changed", "part"),
    [
        ({"at_end": "approve"}, "If nobody decides, it runs."),
        ({"at_end": "escalate:grp_legal"}, "If nobody decides, it goes on to Legal."),
        (
            {"kind": "exception", "reason": "attempts_failed", "rule": None, "pol": None},
            "Why      every attempt failed\n",
        ),
        ({"kind": "question"}, "QUESTION  payments.refund"),
        ({"kind": "sample"}, "SPOT CHECK  payments.refund"),
        ({"quorum": [("any", 2)]}, "Needs    2 people to approve"),
        ({"round": 2, "revision": 3}, "Round    2, on revision 3 of the arguments"),
        ({"attempt": 4}, "Attempt  4"),
        ({"risk": None, "reversible": True}, "Risk     not rated, can be undone"),
        ({"reason": "args.amount > 500", "rule": None}, "Why      args.amount > 500 · policy"),
        ({"now": OPENED + 30 * MINUTE}, "Ended 14:45 UTC, 5 min ago. Without a decision, it is rejected."),
    ],
)
def test_other_reviews_are_told_in_words(changed: dict[str, Any], part: str) -> None:
    assert part in shown({"amount": 1}, **changed)


def test_types_and_nesting_are_clear() -> None:
    args = {"s": "1", "i": 1, "b": True, "n": None, "e": "", "l": [], "o": {}, "t": ["a", 2], "d": {"x": [{"y": "z"}]}}
    rows = shown(args).split("EXACT ARGUMENTS")[1].splitlines()[1:]
    assert rows[:13] == [
        '  s  "1"', "  i  1", "  b  true", "  n  null", '  e  ""', "  l  []", "  o  {}", '  t  ["a", 2]',
        "  d  1 field", "    x  1 item", "      [0]  1 field", '        y  "z"', "  0 hidden characters",
    ]  # fmt: skip


def test_a_value_cannot_imitate_the_next_key() -> None:
    rows = shown({"memo": 'ok"\namount  "1.00', "amount": "9,000"}).split("EXACT ARGUMENTS")[1].splitlines()
    assert [row for row in rows if row.startswith("  amount")] == ['  amount  "9,000"']


def test_long_values_show_both_ends_until_they_are_opened() -> None:
    args = {"body": "START " + "middle words here " * 200 + "SECRETLY DROP END"}
    text = shown(args)
    assert '"START ' in text
    assert 'END"' in text
    assert "⟨folded: 3,14" in text
    assert "⚑ Folded and not opened yet: args.body" in text
    opened = shown(args, unfold={"args.body"})
    assert "⟨folded" not in opened
    assert "not opened yet" not in opened
    assert squeezed(args["body"]) in squeezed(opened)


def test_long_lists_show_both_ends_until_they_are_opened() -> None:
    args = {"ids": [{"id": number} for number in range(150)]}
    assert "⟨folded: 110 of 150 members⟩" in shown(args)
    opened = shown(args, unfold={"args.ids"})
    assert all(f"[{number}]" in opened for number in range(150))


def test_a_secret_across_a_fold_is_still_covered() -> None:
    text = shown({"note": "x " * 110 + PEM + " y" * 900})
    assert "Q7z" not in text
    assert "••••••••" in text


def test_agent_text_over_its_limit_is_folded() -> None:
    text = shown({}, None, {"description": "on and on " * 250 + "the end"})
    assert "⟨folded: " in text
    assert "the end" in text
    assert "⟨folded" not in shown({}, None, {"description": "on and on " * 250}, unfold={"story.description"})


def test_masked_values_say_that_they_are_bound() -> None:
    text = shown({"token": GITHUB})
    assert "⟨••••••••R8 (40 characters)⟩" in text
    assert "the digest binds them in full" in text


def test_erased_parts_say_so() -> None:
    gone = Erased("sha256:9f3c51d0" + "0" * 52 + "e21a")
    text = shown(gone, gone, gone)
    assert text.count("[erased, sha256 9f3c 51d0 … e21a]") == 4


def test_names_from_the_directory_are_drawn_too() -> None:
    lines = render(
        view({"a": 1}),
        args={"a": 1},
        context=None,
        story=None,
        names=lambda _: "Ann\x1b[2J\u202e" + "n" * 200,
        now=OPENED,
        width=80,
    )
    check(lines, 80)
    assert "Ann⟨U+001B⟩[2J⟨U+202E⟩" in plain(lines)


def test_hostile_words_in_the_view_itself_are_drawn() -> None:
    made = view({"a": 1}, reason="\x1b[2J", rule="r\u202e", name="x\u200by", risk="\x07", at_end="\x9b")
    made["flags"] = [{"code": "\x1b", "path": "args\u202e", "text": "\x1b]0;x\x07"}]
    made["unseen"] = ["args\x1b"]
    check(render(made, args={"a": 1}, context=None, story=None, names=str, now=OPENED, width=70), 70)


def test_deep_values_are_shown_to_the_bottom_at_any_width() -> None:
    for width in (40, 60, 100):
        lines = page({"a": nested(60, "the very bottom of it")}, width=width)
        check(lines, width)
        assert "theverybottomofit" in squeezed(plain(lines))


def test_no_depth_breaks_the_page() -> None:
    lines = page({"a": nested(5_000, "the very bottom of it")}, width=80, unfold={"args.a" + ".in" * 31})
    check(lines, 80)
    assert "theverybottomofit" in squeezed(plain(lines))


def test_where_indentation_ends_paths_go_on() -> None:
    deep = nested(12, {"in": 1, "out": 2})
    text = shown({"a": deep, "b": 3}, width=40)
    assert squeezed("in.in.in.in.out") in squeezed(text)
    assert "\n  b  3\n" in text


def test_a_summary_is_one_row_from_the_bytes() -> None:
    args: JSON = {
        "charge": "ch_3Qx",
        "amount": "620.00",
        "n": 3,
        "lines": [1, 2],
        "password": "hunter2",
        "to": "a\u202eb\nc",
    }
    assert summary("payments.refund", args, 200) == (
        'payments.refund  charge "ch_3Qx", amount "620.00", n 3, lines [2 items], '
        'password ⟨•••••••• (7 characters)⟩, to "a⟨U+202E⟩b⏎c"'
    )
    assert summary("payments.refund", args, 40) == 'payments.refund  charge "ch_3Qx", amoun…'
    assert summary("db.read", {}, 40) == "db.read"


def test_a_summary_keeps_both_ends_of_long_values() -> None:
    assert "DROP TABLE" in summary("db.run", {"sql": "SELECT 1;" + " " * 90 + "DROP TABLE x"}, 120)


def test_names_of_everyone_are_looked_up() -> None:
    assert all(name in shown({"a": 1}) for name in NAMES.values())
