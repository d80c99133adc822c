"""Cents as the database keeps them, amounts as people and actions name them."""

from __future__ import annotations

from decimal import Decimal


def amount(cents: int) -> Decimal:
    """Euros with two digits."""
    return Decimal(cents).scaleb(-2).quantize(Decimal("0.01"))


def cents(amount: Decimal) -> int:
    """Integer cents; raises `ValueError` for a fraction of a cent."""
    scaled = amount.scaleb(2)
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        raise ValueError(f"{amount} is no amount in whole cents")
    return int(scaled)


def text(cents: int) -> str:
    """As in `1,249.00 EUR`."""
    return f"{amount(cents):,} EUR"
