"""Which errors are worth another attempt: the error itself says so, else `retry_if`, else its type."""

from __future__ import annotations

from typing import Any

import pytest

import handrail
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="settler")
calls: list[str] = []
error: Exception = ValueError()


class Told(Exception):
    """Says itself whether it is worth another attempt."""

    def __init__(self, retryable: object) -> None:
        super().__init__("told")
        self.retryable = retryable


def fails(invoice: str) -> str:
    calls.append(invoice)
    raise error


@rail.exceptions(name="by.type", on=Told, retries=1, reviewers="user:local")
def by_type(invoice: str) -> str:
    return fails(invoice)


@rail.exceptions(name="by.word", retry_if=lambda found: "busy" in str(found), retries=1, reviewers="user:local")
def by_word(invoice: str) -> str:
    return fails(invoice)


@pytest.fixture
def people() -> Any:
    calls.clear()
    with reviewing(rail) as scripted:
        yield scripted


@pytest.mark.parametrize(
    ("call", "name", "raised", "attempts"),
    [
        (by_type, "by.type", Told(None), 2),
        (by_type, "by.type", Told("yes"), 2),
        (by_type, "by.type", Told(False), 1),
        (by_word, "by.word", Told(True), 2),
        (by_word, "by.word", Told(False), 1),
        (by_word, "by.word", ValueError("busy, come again"), 2),
        (by_word, "by.word", ValueError("no such invoice"), 1),
    ],
)
def test_an_error_is_tried_again_by_its_own_word_then_by_retry_if_then_by_its_type(
    people: Any, monkeypatch: pytest.MonkeyPatch, call: Any, name: str, raised: Exception, attempts: int
) -> None:
    monkeypatch.setitem(globals(), "error", raised)
    people.decides(name, "skip")
    with pytest.raises(handrail.ActionSkipped):
        call("I-1")
    assert len(calls) == attempts
