"""What hides, imitates or leaks is flagged with its place; what is harmless is not."""

from __future__ import annotations

import json
from timeit import repeat
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.view.flags import CODES, MOST_PLACES, inspect

from .corpus import AWS, HARMLESS, HOSTILE, Case, nested

PLAIN = {
    "iban": "DE89370400440532013000",
    "amount": "90000.00",
    "currency": "EUR",
    "reason": "Duplicate charge, ticket 88121",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_a_hostile_value_raises_exactly_what_is_wrong_with_it(case: Case) -> None:
    found = inspect(case.value, path=case.part)
    assert {flag.code for flag in found} == case.codes, found
    assert all(flag.path.startswith(case.part) for flag in found)


@pytest.mark.parametrize("words", ["the password is hunter42", "note: Kennwort lautet Hase1234, bis morgen"])
def test_a_password_told_in_plain_words_is_flagged_wherever_it_stands(words: str) -> None:
    for value in (words, {"note": words}, [words]):
        assert [flag.code for flag in inspect(value)] == ["secret"]


@pytest.mark.parametrize("name", HARMLESS)
def test_a_harmless_value_raises_nothing(name: str) -> None:
    assert inspect(HARMLESS[name]) == ()
    assert inspect({"value": HARMLESS[name]}, path="context") == ()


def test_the_corpus_is_large_and_covers_every_code() -> None:
    assert len(HOSTILE) >= 100
    assert len(HARMLESS) >= 15
    assert set().union(*(case.codes for case in HOSTILE)) == set(CODES)


@pytest.mark.parametrize("case", HOSTILE, ids=lambda case: case.name)
def test_a_flag_quotes_no_secret_and_draws_nothing_hostile(case: Case) -> None:
    for flag in inspect(case.value, path=case.part):
        assert (flag.text + flag.path).isprintable()
        assert not any(secret in flag.text for secret in case.unseen)


def test_a_flag_tells_the_exact_place() -> None:
    found = inspect({"lines": [{"sku": "ok"}, {"to do": "a\u200b"}]})
    assert [(flag.code, flag.path) for flag in found] == [("invisible", 'args.lines[1]["to do"]')]


def test_flags_come_in_reading_order() -> None:
    found = inspect({"a": "x\u200b", "b": {"c": "\u202e"}, "d": AWS})
    assert [flag.path for flag in found] == ["args.a", "args.b.c", "args.d"]


def test_many_places_of_one_kind_are_counted_not_listed() -> None:
    found = inspect([f"a\u200b{number}" for number in range(60)])
    assert len(found) == MOST_PLACES + 1
    assert "52 more places" in found[-1].text


def test_a_rare_flag_is_not_lost_among_many() -> None:
    found = inspect([*(["a\u200b"] * 60), AWS])
    assert "secret" in {flag.code for flag in found}


def test_any_depth_can_be_inspected() -> None:
    assert {flag.code for flag in inspect(nested(50_000, "x"))} == {"depth"}


def test_long_names_are_told_apart_in_paths() -> None:
    one, other = inspect({"ab-" * 33 + "a": "\u202e", "ab-" * 33 + "b": "\u202e"})
    assert one.path != other.path
    assert len(one.path) < 150


@given(JSON)
def test_flags_are_always_printable_and_known(value: Any) -> None:
    for flag in inspect(value):
        assert flag.code in CODES
        assert (flag.path + flag.text).isprintable()
        json.dumps([flag.path, flag.text]).encode()


@pytest.mark.parametrize(
    "unit",
    [
        " ", "a ", ";", "$(", "`", "../", "token=", "eyJ-", "sk--", "://", "\u200b", "\u0430", "x:y@", "%2", "=(",
        "or ", "update a set ", "kubectl -a b ", '" ', "<", ".", "\n", "ssh a ", "chmod -a ", "grant a,",
        "[a](http://", "=", "00 ", "&#1;", "j ", ":", "curl -a", "\\x", "ab\n", "find a -",
        "{{a", "<%", "'or'", "A=", "\u24d0", "a\u2024",
    ],
)  # fmt: skip
def test_inspection_takes_linear_time(unit: str) -> None:
    long = unit * (100_000 // len(unit))
    assert min(repeat(lambda: inspect(long), number=1, repeat=2)) < 2.0


def test_plain_arguments_cost_next_to_nothing() -> None:
    """15 µs on an idle machine; the bound leaves room for a busy one."""
    assert inspect(PLAIN) == ()
    assert min(repeat(lambda: inspect(PLAIN), number=200, repeat=20)) / 200 < 60e-6
