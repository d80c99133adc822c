"""What a look-up in the shop returns; money is cents, days are ISO 8601 dates."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Customer:
    """`orders` counts all orders, `spent` is captured and `returned` refunded, both in cents."""

    id: str
    name: str
    email: str
    address: str
    since: str
    orders: int
    spent: int
    returned: int
    open_orders: int


@dataclass(frozen=True, slots=True)
class Line:
    """`price` is that of one piece, in cents."""

    product: str
    kind: str
    quantity: int
    price: int


@dataclass(frozen=True, slots=True)
class Order:
    """`captured` and `refunded` are cents, `payments` the single captures."""

    id: str
    customer: str
    placed: str
    status: str
    since: str
    lines: tuple[Line, ...]
    payments: tuple[int, ...]
    captured: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Product:
    """`price` is in cents."""

    name: str
    kind: str
    price: int
    stock: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """A product of which little is left; `price` is what customers pay, in cents, `sold` is what 30 days took."""

    id: str
    name: str
    price: int
    stock: int
    sold: int


@dataclass(frozen=True, slots=True)
class Offer:
    """What a supplier asks for one piece, in cents, and in how many days it comes."""

    supplier: str
    price: int
    days: int
