"""Actions of the types that people write with pydantic, each with a call: the form has to draw them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NamedTuple, NotRequired
from uuid import UUID

from pydantic import AnyUrl, BaseModel, ConfigDict, Field, JsonValue, RootModel, StringConstraints
from typing_extensions import TypedDict  # pydantic wants this one before Python 3.12

CALLS: Final[list[tuple[Callable[..., object], dict[str, Any]]]] = []
NOON: Final = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

Mail = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[a-z]+$", max_length=254)]
Share = Annotated[float, Field(ge=0, le=1, multiple_of=0.25)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]


def called(**arguments: Any) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """List a function with a call of it."""

    def listed(function: Callable[..., object]) -> Callable[..., object]:
        CALLS.append((function, arguments))
        return function

    return listed


class Currency(StrEnum):
    EUR = "EUR"
    USD = "USD"


class Tier(IntEnum):
    FREE = 0
    PAID = 1


class Answer(Enum):
    YES = "yes"
    ONE = 1
    NEVER = None


class Line(BaseModel):
    """One line of an invoice."""

    text: str = Field(description="What it is for", min_length=1, max_length=80)
    price: Decimal = Field(gt=0, le=500, max_digits=8, decimal_places=2)
    count: int = Field(default=1, ge=1, le=99)
    labels: list[str] = []


class Tree(BaseModel):
    name: str
    children: list[Tree] = []


class Chain(BaseModel):
    name: str
    next: Chain | None = None


class Card(BaseModel):
    kind: Literal["card"]
    last: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]


class Transfer(BaseModel):
    kind: Literal["transfer"]
    iban: str = Field(min_length=15, max_length=34)


class Cash(BaseModel):
    kind: Literal["cash"] = "cash"
    till: int


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", title="Exactly these")
    a: int
    b: str | None = None


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    a: int


class Aliased(BaseModel):
    price: Decimal = Field(alias="unitPrice", title="Price of one")


class Base(BaseModel):
    id: UUID
    at: datetime


class Derived(Base):
    note: str = ""


class Tags(RootModel[list[str]]):
    pass


class Options(TypedDict, total=False):
    dry_run: bool
    note: str


class Mixed(TypedDict):
    name: str
    age: NotRequired[int]


class Point(NamedTuple):
    x: int
    y: int


@dataclass
class Address:
    street: str
    lines: list[str] = field(default_factory=list)
    since: date | None = None


Payment = Annotated[Card | Transfer | Cash, Field(discriminator="kind")]


@called(account="DE89", amount=Decimal("480.00"), urgent=False)
def plain(account: str, amount: Decimal, urgent: bool = False) -> None: ...


@called(amount=Decimal("12.50"), ratio=0.5, count=3)
def bounded(
    amount: Annotated[Decimal, Field(gt=0, le=500, decimal_places=2)], ratio: Share, count: Annotated[int, Field(ge=1)]
) -> None: ...


@called(small=1, big=2**80, negative=-(2**53), real=1.5, huge=1e300, whole=2.0)
def numbers(small: int, big: int, negative: int, real: float, huge: float, whole: float) -> None: ...


@called(at=NOON, day=date(2026, 11, 22), hour=time(19, 12, 13), wait=timedelta(days=1, hours=2))
def times(at: datetime, day: date, hour: time, wait: timedelta) -> None: ...


@called(naive=NOON.replace(tzinfo=None), past=timedelta(seconds=-90))
def more_times(naive: datetime, past: timedelta) -> None: ...


@called(key=UUID(int=5), link=AnyUrl("https://example.com/a"), four=IPv4Address("192.0.2.1"), six=IPv6Address("::1"))
def formats(key: UUID, link: AnyUrl, four: IPv4Address, six: IPv6Address) -> None: ...


@called(to="ann@example.com", slug="a-b")
def patterns(to: Mail, slug: Slug) -> None: ...


@called(data=b"\xff\x00")
def binary(data: bytes) -> None: ...


@called(path=Path("/tmp/a"))
def paths(path: Path) -> None: ...


@called(currency=Currency.EUR, tier=Tier.PAID)
def enums(currency: Currency, tier: Tier) -> None: ...


@called(answer=Answer.ONE)
def mixed_enum(answer: Answer) -> None: ...


@called(choice=1, only="x")
def literals(choice: Literal["a", 1, True], only: Literal["x"]) -> None: ...


@called(a=None, b="x", c=None)
def optionals(a: int | None, b: str | None = None, c: Line | None = None) -> None: ...


@called(value="42", other=42)
def unions(value: int | str, other: int | str) -> None: ...


@called(value=[1, 2], other={"a": 1}, none=None)
def wide_unions(value: int | list[int], other: dict[str, int] | str, none: int | str | None) -> None: ...


@called(when=date(2026, 11, 22), text="soon")
def text_unions(when: date | str, text: date | str) -> None: ...


@called(payment=Card(kind="card", last="1234"))
def discriminated(payment: Payment) -> None: ...


@called(payments=[Cash(till=3), Transfer(kind="transfer", iban="DE89370400440532013000")])
def many_discriminated(payments: list[Payment]) -> None: ...


@called(pet=Strict(a=1))
def undiscriminated(pet: Strict | Aliased) -> None: ...


@called(line=Line(text="Paper", price=Decimal("1.50")))
def model(line: Line) -> None: ...


@called(lines=[Line(text="Paper", price=Decimal("1.50"), labels=["a"]), Line(text="Ink", price=Decimal("20.00"))])
def models(lines: list[Line]) -> None: ...


@called(tree=Tree(name="root", children=[Tree(name="leaf")]))
def recursive(tree: Tree) -> None: ...


@called(chain=Chain(name="a", next=Chain(name="b")))
def recursive_optional(chain: Chain) -> None: ...


@called(exact=Strict(a=1), more=Open(a=1, b=[True]))  # type: ignore[call-arg]
def extras(exact: Strict, more: Open) -> None: ...


@called(item=Aliased(unitPrice=Decimal(2)))
def aliases(item: Aliased) -> None: ...


@called(item=Derived(id=UUID(int=7), at=NOON))
def inherited(item: Derived) -> None: ...


@called(tags=Tags(["a", "b"]))
def root_model(tags: Tags) -> None: ...


@called(options={"dry_run": True}, mixed={"name": "a"})
def typed_dicts(options: Options, mixed: Mixed) -> None: ...


@called(address=Address("Main", ["1"], date(2020, 1, 1)))
def data_class(address: Address) -> None: ...


@called(point=Point(1, 2))
def named_tuple(point: Point) -> None: ...


@called(pair=(1, "a"), many=(1, 2, 3), nothing=())
def tuples(pair: tuple[int, str], many: tuple[int, ...], nothing: tuple[()]) -> None: ...


@called(names={"a", "b"}, frozen=frozenset((1, 2)))
def sets(names: set[str], frozen: frozenset[int]) -> None: ...


@called(lists=[[1], [2, 3]], some=["x"])
def lists(lists: list[list[int]], some: Annotated[Sequence[str], Field(min_length=1, max_length=3)]) -> None: ...


@called(counts={"a": 1}, lines={"x": Line(text="Paper", price=Decimal(1))}, by_number={1: 0.5})
def maps(counts: dict[str, int], lines: dict[str, Line], by_number: dict[int, float]) -> None: ...


@called(slugs={"a-b": 1}, few={Currency.EUR: Decimal("1.10")})
def keyed_maps(slugs: dict[Slug, int], few: dict[Currency, Decimal]) -> None: ...


@called(rows=[{"a": 1, "b": "x"}])
def rows(rows: list[dict[str, int | str]]) -> None: ...


@called(anything={"a": [1, "1", None, 2.5]}, value={"b": [True]}, free={"x": {"y": 1}})
def untyped(anything: Any, value: JsonValue, free: dict[str, Any]) -> None: ...


@called(first=1, rest=(Decimal("1.0"), Decimal(2)), more={"x": NOON})
def variadic(first: int, *rest: Decimal, **more: datetime) -> None: ...


@called(text="a\u200bb\u202e\tc\nd", empty="", key="ключ")
def texts(text: str, empty: str, key: str) -> None: ...
