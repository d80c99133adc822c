"""A gated function keeps its signature and its colour, for people and for type checkers: mypy reads this file."""

from __future__ import annotations

import inspect
from decimal import Decimal
from typing import assert_type

import handrail
from handrail.patterns.approval import AsyncGatedFunction, GatedFunction

rail = handrail.connect("sqlite:///:memory:", agent="typed")


@rail.approval
def plain(account: str, amount: Decimal = Decimal(1)) -> str:
    """Send money."""
    return account


@rail.approval(name="colours.coloured", risk="high")
async def coloured(account: str) -> int:
    return len(account)


async def types_are_kept() -> None:
    """Never run: what mypy says of it is the test."""
    assert_type(plain, GatedFunction[[str, Decimal], str])  # type: ignore[assert-type]
    assert_type(plain("DE89", Decimal(2)), str)
    assert_type(plain.propose("DE89"), handrail.Ticket[str])
    assert_type(plain.propose("DE89").wait(), str)
    assert_type(await coloured("DE89"), int)
    assert_type(await coloured.propose("DE89"), handrail.AsyncTicket[int])
    assert_type(coloured.having(key="k"), AsyncGatedFunction[[str], int])  # type: ignore[assert-type]
    plain(1)  # type: ignore[arg-type]
    plain("DE89", nonsense=True)  # type: ignore[call-arg]


def test_signature_name_and_docstring_are_those_of_the_function():
    assert str(inspect.signature(plain)) == "(account: 'str', amount: 'Decimal' = Decimal('1')) -> 'str'"
    assert (getattr(plain, "__name__", ""), plain.__doc__) == ("plain", "Send money.")
    assert inspect.unwrap(plain)("DE89") == "DE89"


def test_an_async_function_stays_a_coroutine_function():
    assert inspect.iscoroutinefunction(coloured.__wrapped__)  # type: ignore[attr-defined]
    assert hasattr(coloured, "propose")
    if hasattr(inspect, "markcoroutinefunction"):
        assert inspect.iscoroutinefunction(coloured)
