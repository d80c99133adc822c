"""The four actions of the shop, each held until a person has decided.

This file is all that Handrail adds to the shop.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from . import money, operations
from .operations import Cancelled, Merged, RefundReceipt, Rows, ShopRefused
from .shop import Shop

if TYPE_CHECKING:
    from handrail import Rail

    from .desk import Tools


def gated(rail: Rail, shop: Shop) -> Tools:
    """The shop's actions by name, each behind an approval."""
    evidence = Evidence(shop)
    return {**_on_orders(rail, shop, evidence), **_on_records(rail, shop, evidence)}


def _on_orders(rail: Rail, shop: Shop, evidence: Evidence) -> Tools:
    """What moves money."""

    @rail.approval(
        name="payments.refund",
        within="15m",
        risk=refund_risk,
        describe=describe_refund,
        impact="money leaves the shop and does not come back",
        context=evidence.of_order,
        preview=evidence.rehearsal(operations.refund),
    )
    def refund(order: str, amount: Decimal, reason: str) -> RefundReceipt:
        return shop.transact(partial(operations.refund, order=order, amount=amount, reason=reason))

    @rail.approval(
        name="orders.cancel",
        within="15m",
        risk="medium",
        describe=describe_cancel,
        impact="the order is not sent, and everything paid goes back",
        context=evidence.of_order,
        preview=evidence.rehearsal(operations.cancel_order),
    )
    def cancel_order(order: str, reason: str) -> Cancelled:
        return shop.transact(partial(operations.cancel_order, order=order, reason=reason))

    return {"payments.refund": refund, "orders.cancel": cancel_order}


def _on_records(rail: Rail, shop: Shop, evidence: Evidence) -> Tools:
    """What changes customers and other rows."""

    @rail.approval(
        name="customers.merge",
        within="15m",
        risk="high",
        describe=describe_merge,
        impact="one account closes for good; a merge cannot be undone",
        context=evidence.of_accounts,
        preview=evidence.rehearsal(operations.merge_customers),
    )
    def merge_customers(keep: str, drop: str) -> Merged:
        return shop.transact(partial(operations.merge_customers, keep=keep, drop=drop))

    @rail.approval(
        name="db.execute",
        within="15m",
        risk=evidence.sql_risk,
        describe="Run one SQL statement on the shop's database",
        impact="rows change as the preview shows",
        preview=evidence.rehearsal(operations.execute),
    )
    def execute(sql: str, params: list[str]) -> Rows:
        return shop.transact(partial(operations.execute, sql=sql, params=params))

    return {"customers.merge": merge_customers, "db.execute": execute}


def refund_risk(amount: Decimal, **_: Any) -> str:
    """High from 200 EUR."""
    return "high" if amount >= 200 else "medium"


def describe_refund(order: str, amount: Decimal, reason: str) -> str:
    """One sentence for the reviewer; the reason is the agent's."""
    return f"Refund {amount:,} EUR on {order}: {reason}"


def describe_cancel(order: str, reason: str) -> str:
    """One sentence for the reviewer; the reason is the agent's."""
    return f"Cancel {order}: {reason}"


def describe_merge(keep: str, drop: str) -> str:
    """One sentence for the reviewer."""
    return f"Merge account {drop} into {keep}"


class Evidence:
    """Facts for those who decide, read from the shop itself and not from what the agent says."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def rehearsal(self, operation: Callable[..., object]) -> Callable[..., list[str]]:
        """A preview: the operation runs on the shop's database and is taken back."""

        def preview(**arguments: Any) -> list[str]:
            return self._shop.rehearse(partial(operation, **arguments))

        return preview

    def sql_risk(self, sql: str, params: list[str]) -> str:
        """Critical where more than one row would change."""
        try:
            rows = self._shop.attempt(partial(operations.execute, sql=sql, params=params)).changed
        except ShopRefused:
            return "high"
        return "critical" if rows > 1 else "high"

    def of_order(self, order: str, **_: Any) -> dict[str, str]:
        """Whose order it is, what is in it, and how much money it holds."""
        found = self._shop.order(order)
        if found is None:
            return {"order": f"there is no order {order}"}
        lines = [f"{line.quantity} x {line.product} {money.amount(line.price)}" for line in found.lines]
        return {
            "order": self._shop.standing(order),
            "lines": "; ".join(lines),
            "customer": self._customer(found.customer),
        }

    def of_accounts(self, keep: str, drop: str) -> dict[str, str]:
        """Both accounts side by side."""
        return {"kept account": self._customer(keep), "closed account": self._customer(drop)}

    def _customer(self, account: str) -> str:
        found = self._shop.customer(account)
        if found is None:
            return f"there is no open account {account}"
        who = f"{found.id} {found.name}, {found.email}, {found.address}"
        money_so_far = f"{money.text(found.spent)} paid, {money.text(found.returned)} refunded"
        return f"{who}; {found.orders} orders since {found.since[:4]}, {money_so_far}"
