"""Inside a run a call is known by its place: entered again, the run goes on where it was."""

from __future__ import annotations

import pytest

import handrail
from handrail.testing import reviewing

rail = handrail.connect("sqlite:///:memory:", agent="clerk")
sent: list[str] = []


@rail.approval(name="send")
def send(text: str) -> int:
    sent.append(text)
    return len(sent)


def test_two_equal_calls_in_a_run_are_two():
    sent.clear()
    with reviewing(rail) as people, rail.run("nightly"):
        people.approves("send")
        people.approves("send")
        assert [send("hello"), send("hello")] == [1, 2]


def test_a_run_that_is_entered_again_makes_no_call_twice():
    sent.clear()
    with reviewing(rail) as people:
        people.approves("send")
        with pytest.raises(ConnectionError), rail.run("nightly"):
            assert send("hello") == 1
            raise ConnectionError("the network went away")
        people.approves("send")
        with rail.run("nightly"):
            assert [send("hello"), send("hello")] == [1, 2]
    assert sent == ["hello", "hello"]
