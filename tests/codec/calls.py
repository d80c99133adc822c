"""Functions as users write them, with annotations that are read late."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, Unpack
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr, computed_field
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

from handrail.codec.annotations import Local

if TYPE_CHECKING:
    from fractions import Fraction


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1


class Options(TypedDict, total=False):
    dry_run: bool
    note: str


class Point(NamedTuple):
    x: int
    y: int


@dataclass
class Address:
    street: str
    raw: bytes
    tags: set[str]


class Line(BaseModel):
    text: str
    price: Decimal = Field(alias="unitPrice", gt=0)
    labels: frozenset[str] = frozenset()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def shout(self) -> str:
        return self.text.upper()


class Defaults(BaseModel):
    x: float = float("nan")
    y: Any = object()


class Tree(BaseModel):
    name: str
    child: Tree | None = None


class Identity:
    """A class without an equality of its own, and without a form that pydantic knows."""


@dataclass(eq=False)
class Opaque:
    x: int


def wire(account: str, amount: Decimal, urgent: bool = False) -> str:
    return f"{account} {amount} {urgent}"


def later(item: Later, others: list[Later] | None = None) -> Later:
    return item


@dataclass
class Later:
    at: datetime


def unannotated(a, b=2, *rest, **more):
    return a


def variadic(first: int, /, second: int, *rest: Decimal, flag: bool, **more: date) -> None: ...


def unpacked(**options: Unpack[Options]) -> None: ...


def every(
    colour: Colour,
    level: Level,
    address: Address,
    line: Line,
    options: Options,
    point: Point,
    when: datetime,
    how_long: timedelta,
    key: UUID,
    data: bytes,
    names: set[str],
    numbers: dict[int, float],
    pair: tuple[int, str],
    choice: Literal["a", 1],
    maybe: int | None,
    many: Sequence[Line],
    big: int,
    anything: Any,
) -> Address:
    return address


def with_local(connection: Local[Identity], table: str, session: Local[Identity] | None = None) -> int:
    return 0


def undefined(x: Missing, y: Fraction) -> None: ...  # type: ignore[name-defined]


def opaque(x: Identity) -> None: ...


def secret(x: SecretStr) -> None: ...


def bounded(
    amount: Annotated[Decimal, Field(gt=0, le=500, max_digits=8, decimal_places=2)],
    count: Annotated[int, Field(ge=1, le=10)] = 1,
    ratio: Annotated[float, Field(le=2.0**70)] = 0.5,
    code: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR",
) -> None: ...


class Service:
    """A class with methods that are gated before and after binding."""

    def method(self, x: int) -> int:
        return x

    @classmethod
    def build(cls, x: int) -> int:
        return x

    @staticmethod
    def loose(self: int, x: int) -> int:
        return x


NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EVERY: dict[str, Any] = {
    "colour": Colour.RED,
    "level": Level.LOW,
    "address": Address("Main", b"\xff\x00", {"b", "a"}),
    "line": Line(text="x", unitPrice=Decimal("1.50"), labels=frozenset(("q", "p"))),
    "options": {"dry_run": True},
    "point": Point(1, 2),
    "when": NOON,
    "how_long": timedelta(hours=2),
    "key": UUID(int=5),
    "data": b"\xff\xfe\xfd",
    "names": {"z", "y", "x"},
    "numbers": {1: 0.5, 2: 1.0},
    "pair": (1, "a"),
    "choice": 1,
    "maybe": None,
    "many": [Line(text="y", unitPrice=Decimal("2.00"))],
    "big": 2**200,
    "anything": {"a": [1, 2.5, None]},
}
