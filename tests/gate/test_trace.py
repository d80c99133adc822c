"""What is kept of an exception: where it was raised in the user's code, with secrets covered, and bounded."""

from __future__ import annotations

import json

import pytest

from handrail.gate.trace import error_text

TOKEN = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"


class Hostile(Exception):
    """An error whose message cannot be read."""

    def __str__(self) -> str:
        raise RuntimeError("no")


def raised(error: BaseException) -> BaseException:
    secret_of_a_variable = "hunter2-hunter2"
    try:
        assert secret_of_a_variable
        raise error
    except BaseException as caught:
        return caught


def test_it_says_where_in_the_code_it_was_raised_and_nothing_of_what_variables_held():
    kept = error_text(raised(ValueError("no")))
    assert (kept["error"], kept["type"]) == ("ValueError: no", "ValueError")
    (place,) = kept["at"]
    assert place.startswith("raised in test_trace.py:")
    assert place.endswith(": raise error")
    assert "hunter2" not in str(kept)


def test_frames_of_libraries_are_left_out_where_the_users_own_are_known():
    def parse() -> None:
        json.loads("{")

    with pytest.raises(ValueError, match="Expecting") as found:
        parse()
    places = error_text(found.value)["at"]
    assert [one.partition(" in ")[0] for one in places][-1] == "parse"
    assert not [one for one in places if "decoder.py" in one]


def test_where_no_code_is_the_users_the_libraries_frames_are_kept():
    with pytest.raises(ValueError, match="Expecting") as found:
        json.loads("{")
    error = found.value
    error.__traceback__ = error.__traceback__.tb_next if error.__traceback__ else None
    assert any("decoder.py" in one for one in error_text(error)["at"])


def test_what_led_to_an_error_is_kept_and_what_was_hidden_on_purpose_is_not():
    def settle() -> None:
        try:
            raise KeyError("card")
        except KeyError as error:
            raise ValueError("no card") from error

    def hide() -> None:
        try:
            settle()
        except ValueError:
            raise ValueError("hidden") from None

    with pytest.raises(ValueError, match="no card") as told:
        settle()
    assert [one["error"] for one in error_text(told.value)["because"]] == ["KeyError: 'card'"]
    with pytest.raises(ValueError, match="hidden") as told:
        hide()
    assert "because" not in error_text(told.value)


def test_errors_that_name_each_other_as_cause_end():
    one, other = ValueError("one"), ValueError("other")
    one.__cause__, other.__cause__ = other, one
    assert [found["error"] for found in error_text(one)["because"]] == ["ValueError: other"]


def test_secrets_in_messages_and_in_lines_of_code_are_covered_also_where_the_text_is_cut():
    def call() -> None:
        raise ValueError("token=sk_live_4eC39HqLyjWDarjtT1zdp7dc")

    with pytest.raises(ValueError, match="token") as found:
        call()
    for error in (found.value, ValueError(f"no: {TOKEN}"), ValueError("x" * 3_980 + f" {TOKEN}")):
        assert "4eC39H" not in json.dumps(error_text(error))


def test_a_message_of_megabytes_and_a_deep_stack_are_bounded():
    def deep(left: int) -> None:
        if not left:
            raise ValueError("\x1b[2J<script>" + "\u202e" * 10_000_000)
        deep(left - 1)

    with pytest.raises(ValueError) as found:  # noqa: PT011 -- the message is too long to match
        deep(300)
    kept = error_text(found.value)
    assert len(json.dumps(kept, ensure_ascii=False)) < 8_000
    assert len(kept["at"]) == 8


def test_a_message_that_cannot_be_read_is_no_reason_to_lose_the_error():
    assert error_text(raised(Hostile()))["error"] == "Hostile: its message cannot be read"
