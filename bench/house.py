"""What is measured: a rail on a database file, a gated payment of about 1 KB, and a person who is told of each ask."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from handrail.action.commands import Propose
from handrail.codec.canonical import canonical
from handrail.embedded import Database, Embedded, local_agent, solo_person
from handrail.gate.notice import Notice
from handrail.patterns.declare import declaration
from handrail.rail import Rail
from handrail.review.commands import Decide
from handrail.stream import JSON

Answer = dict[str, Any]
Ring = Callable[[Answer], None]

CONTEXT: Final[JSON] = {
    "customer": {"name": "Miller & Sons Ltd", "since": "2019-03-02", "open_orders": 3, "country": "GB"},
    "ticket": "The second delivery of order 4711 arrived damaged. The customer sent three photographs and asks for "
    "the amount of the damaged goods back. Support agreed on the phone and noted that a refund was promised.",
    "history": [
        {"at": "2026-02-11", "what": "refund", "amount": "35.00", "by": "desk"},
        {"at": "2026-06-30", "what": "complaint", "amount": "0.00", "by": "desk"},
    ],
}


class Desk(Notice):
    """Where a held call is announced: hands the answer on instead of printing it."""

    def __init__(self) -> None:
        super().__init__(_nobody, "", quiet=True)
        self.ring: Ring = lambda _: None

    def tell(self, answer: Answer, *, ask: bool) -> None:
        """Hand on."""
        self.ring(answer)

    async def atell(self, answer: Answer) -> None:
        """Hand on."""
        self.ring(answer)


def _nobody() -> Any:
    raise AssertionError("the desk asks nobody by itself")


class House:
    """An agent and a person on one database. `began` is when the body of the last call began, in monotonic ns."""

    def __init__(self, path: Path | str) -> None:
        """`path` is a file's, or the URL of a database."""
        self.database: Final = Database(str(path))
        self.agent: Final = Embedded(self.database, local_agent("bench", None))
        self.people: Final = Embedded(self.database, solo_person)
        self.desk: Final = Desk()
        self.rail: Final = Rail(self.agent, self.desk, close=self.database.close)
        self.began = 0
        self.pay: Final = self.rail.approval(name="bench.pay", context=CONTEXT, risk="medium")(self._pay)
        self.pay_async: Final = self.rail.approval(name="bench.pay_async", context=CONTEXT, risk="medium")(
            self._pay_async
        )

    def _pay(self, order: int, iban: str, amount: str, reason: str) -> str:
        self.began = time.monotonic_ns()
        return f"paid {order}"

    async def _pay_async(self, order: int, iban: str, amount: str, reason: str) -> str:
        self.began = time.monotonic_ns()
        return f"paid {order}"

    def approve(self, answer: Answer) -> None:
        """Decide what was announced, in this thread."""
        self.people.call(answer["review"], Decide("approve", answer["view"]))

    async def approve_async(self, answer: Answer) -> None:
        """Decide what was announced, on the event loop."""
        await self.people.acall(answer["review"], Decide("approve", answer["view"]))

    def close(self) -> None:
        """Stop its threads and close its files."""
        self.rail.close()


def arguments(order: int) -> tuple[int, str, str, str]:
    """The arguments of one payment."""
    return order, "GB29NWBK60161331926819", "149.90", f"Damaged goods of order {order}, promised on the phone"


def proposal(order: int) -> Propose:
    """The command that such a payment is, for filling a database in bulk."""
    names = ("order", "iban", "amount", "reason")
    declared = declaration("approval", reviewers=None, within="7d", then=None, quorum=1)
    return Propose(
        name="bench.pay", args=canonical(dict(zip(names, arguments(order), strict=True))), schema="sha256:" + "0" * 64,
        schema_text="{}", declared=declared, context=CONTEXT, risk="medium",
    )  # fmt: skip
