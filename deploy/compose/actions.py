"""The functions that the worker runs. Put yours here."""

import os

import handrail

rail = handrail.connect(os.environ["HANDRAIL_DB"], reviewers="group:treasury")


@rail.approval(name="payments.refund")
def refund(order: str, cents: int) -> str:
    """Give money back."""
    return f"refunded {cents / 100:.2f} on {order}"
