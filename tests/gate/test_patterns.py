"""Each pattern does the same for functions and for coroutines, in this process, through a server and on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

import handrail
from handrail.testing import Reviewers, reviewing

rail = handrail.connect("sqlite:///:memory:", agent="desk")
failures: list[str] = []


def send(word: str) -> str:
    """Has an effect."""
    return f"sent {word}"


def guess(word: str) -> tuple[str, float]:
    """A predictor that is not sure."""
    return word.upper(), 0.4


def file(word: str) -> str:
    """Fails twice."""
    failures.append(word)
    if len(failures) < 3:
        raise ConnectionError("gone")
    return f"filed {word}"


def ask(word: str) -> Any:
    """Asks people."""
    return rail.ask(f"Which {word}?", options=["Nordholm", "Vega"], within="1d")


async def ask_async(word: str) -> Any:
    """Asks people, on the event loop."""
    return await rail.ask_async(f"Which {word}?", options=["Nordholm", "Vega"], within="1d")


def coloured(function: Callable[[str], Any]) -> Callable[[str], Any]:
    """The same as a coroutine function."""

    async def coroutine(word: str) -> Any:
        await asyncio.to_thread(lambda: None)
        return function(word)

    coroutine.__annotations__ = function.__annotations__
    return coroutine


DECORATED: dict[str, tuple[Callable[[Any], Any], Callable[[str], Any]]] = {
    "approval": (rail.approval(name="approval", within="15m"), send),
    "approval.async": (rail.approval(name="approval.async", within="15m"), coloured(send)),
    "confidence": (rail.confidence(name="confidence", of=lambda found: found[1], threshold=0.8), guess),
    "confidence.async": (
        rail.confidence(name="confidence.async", of=lambda found: found[1], threshold=0.8), coloured(guess)
    ),
    "exceptions": (rail.exceptions(name="exceptions", on=ConnectionError, retries=1), file),
    "exceptions.async": (rail.exceptions(name="exceptions.async", on=ConnectionError, retries=1), coloured(file)),
}  # fmt: skip
CALLS = {name: gate(function) for name, (gate, function) in DECORATED.items()} | {
    "question": ask, "question.async": ask_async
}  # fmt: skip


def approves(people: Reviewers, name: str) -> None:
    people.edits(name, word="less")


def corrects(people: Reviewers, name: str) -> None:
    people.edits(name, output=["Vega", 1])


def retries(people: Reviewers, name: str) -> None:
    people.decides(name, "retry")


def answers(people: Reviewers, name: str) -> None:
    people.answers("Vega")


@pytest.mark.parametrize("colour", ["", ".async"])
@pytest.mark.parametrize(
    ("pattern", "person", "result"),
    [
        ("approval", approves, "sent less"),
        ("confidence", corrects, ("Vega", 1.0)),
        ("exceptions", retries, "filed more"),
        ("question", answers, "Vega"),
    ],
)
def test_what_a_person_decides_is_what_the_caller_gets(pattern: str, colour: str, person: Any, result: Any):
    failures.clear()
    call = CALLS[pattern + colour]
    with reviewing(rail) as people:
        person(people, pattern + colour)
        found = asyncio.run(call("more")) if colour else call("more")
        assert found == result
        assert len(people.asked) == 1
