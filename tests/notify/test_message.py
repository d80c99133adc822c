"""A message says what, who, until when and where; whatever stands in a name, it stays one visible line."""

from dataclasses import replace
from typing import get_args

import pytest

from handrail.notify.message import MOST, Message, What, lines, title, until

ASKED = Message(
    "msg_1", "asked", 0, "https://hand.rail/d/rev_1", "approval", "payments.refund", until=1_793_000_000_000_000
)


def test_it_says_what_until_when_and_where() -> None:
    assert lines(ASKED) == [
        "You are asked about an approval: payments.refund",
        "Until Mon 26 Oct 2026, 07:33 (UTC)",
        "https://hand.rail/d/rev_1",
    ]


def test_times_are_those_of_the_reader() -> None:
    assert until(ASKED, "Europe/Berlin") == "Mon 26 Oct 2026, 08:33 (Europe/Berlin)"


def test_what_ends_at_no_time_says_none() -> None:
    assert lines(replace(ASKED, until=None)) == [title(ASKED), ASKED.link]


@pytest.mark.parametrize("what", get_args(What))
@pytest.mark.parametrize("hostile", ["a\r\nBcc: eve@example.com", "\u202eevil", "x" * 5000, "\x1b[2J", "\u2028y"])
def test_every_title_is_one_visible_line(what: What, hostile: str) -> None:
    said = title(Message("m", what, 0, "", "approval", hostile, hostile, hostile))
    assert said.isprintable()
    assert "\n" not in said
    assert len(said) < 3 * MOST
