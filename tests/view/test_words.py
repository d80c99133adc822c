"""Times and sizes read as people say them."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.view.words import DAY, HOUR, MINUTE, SECOND, clock, count, digest, duration, listed, relative

from .pages import OPENED


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (0, "0 s"), (5, "under 1 s"), (SECOND, "1 s"), (90 * SECOND, "1 min 30 s"), (15 * MINUTE, "15 min"),
        (4 * HOUR, "4 h"), (26 * HOUR, "1 d 2 h"), (DAY + 5 * MINUTE, "1 d"), (-5 * MINUTE, "0 s"),
    ],
)  # fmt: skip
def test_durations(span: int, words: str) -> None:
    assert duration(span) == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (14 * MINUTE + 20 * SECOND, "in 14 min"), (-14 * MINUTE, "14 min ago"), (100 * SECOND, "in 1 min 40 s"),
        (0, "now"), (3 * HOUR + 5 * MINUTE, "in 3 h 5 min"), (-DAY, "1 d ago"),
    ],
)  # fmt: skip
def test_relative_times(ahead: int, words: str) -> None:
    assert relative(OPENED, OPENED + ahead) == words


def test_clocks_tell_no_more_than_is_needed() -> None:
    assert clock(OPENED, now=OPENED) == "14:20 UTC"
    assert clock(OPENED + DAY, now=OPENED) == "15 Nov 14:20 UTC"
    assert clock(OPENED) == "14 Nov 2026 14:20 UTC"
    assert clock(OPENED + 90 * DAY, now=OPENED) == "12 Feb 2027 14:20 UTC"


def test_clocks_show_the_readers_zone() -> None:
    assert clock(OPENED, now=OPENED, zone=timezone(timedelta(hours=1), "CET")) == "15:20 CET"


@given(st.integers(-(2**70), 2**70), st.integers(-(2**70), 2**70))
def test_any_number_is_told_in_words(time: int, now: int) -> None:
    assert clock(time, now=now)
    assert relative(now, time)
    assert duration(time)


def test_counts_lists_and_digests() -> None:
    assert (count(1, "item"), count(1812, "item"), count(2, "person", "people")) == (
        "1 item",
        "1,812 items",
        "2 people",
    )
    assert (listed([]), listed(["a"]), listed(["a", "b", "c"])) == ("", "a", "a, b and c")
    assert digest("sha256:9f3c51d0" + "0" * 52 + "e21a") == "sha256 9f3c 51d0 … e21a"
    assert digest("9f3c51d0" + "0" * 52 + "e21a") == "sha256 9f3c 51d0 … e21a"
