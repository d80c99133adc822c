"""A condition as a function: evaluated from left to right, exactly, within so many steps; an error is no answer."""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol, assert_never

from .checking import Path, Window, path_of, window_of
from .functions import EXACT, FUNCTIONS, MACROS, MAX_TEXT, METHODS, ORDERED, SAID, NoValue, kind_of
from .syntax import Call, Choice, Constant, Index, Items, Member, Name, Node, Operation

MAX_STEPS: Final = 20_000
MAX_BITS: Final = 1_300
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class Scope(Protocol):
    """What a condition is evaluated on."""

    steps: int

    def variable(self, name: str) -> Any:
        """The value of a variable. Raises `NoValue`."""

    def argument(self, path: Path) -> Any:
        """The typed value of an argument. Raises `NoValue`."""

    def has(self, path: Path) -> bool:
        """Whether an argument is there."""

    def past(self, window: Window) -> Any:
        """What happened before. Raises `NoValue`."""


Locals = Mapping[str, Any]
Evaluator = Callable[[Scope, Locals], Any]


def compiled(tree: Node, text: str) -> Evaluator:
    """The function of a condition that was checked. It raises `NoValue` where it has no value."""
    return _Compiler(text).of(tree)


class _Compiler:
    """Makes a function of each part; `text` is quoted where one has no value."""

    def __init__(self, text: str) -> None:
        self.text = text

    def of(self, node: Node) -> Evaluator:
        """The function of a part."""
        path = path_of(node)
        if path is not None:
            return lambda scope, _: scope.argument(path)
        match node:
            case Constant():
                return lambda _, __: node.value
            case Name():
                name = node.name
                return lambda scope, here: here[name] if name in here else scope.variable(name)
            case Member():
                return self._member(node, node.of, node.name)
            case Index():
                inner, place = self.of(node.of), self.of(node.at)
                return lambda scope, here: self._at(node, inner(scope, here), place(scope, here))
            case Operation():
                return self._operation(node)
            case Choice():
                return self._choice(node.test, self.of(node.test), self.of(node.yes), self.of(node.no))
            case Items():
                made = [self.of(one) for one in node.items]
                return lambda scope, here: [one(scope, here) for one in made]
            case Call():
                return self._call(node)
        assert_never(node)

    def _said(self, node: Node) -> str:
        """The part as it is written."""
        found = self.text[node.span.start : node.span.end]
        return f"`{found if len(found) <= 80 else found[:79] + '…'}`"

    def _no(self, node: Node, why: str) -> NoValue:
        return NoValue(f"{self._said(node)} {why}")

    def _truth(self, node: Node, value: Any) -> bool:
        if value is True or value is False:
            return value
        raise self._no(node, f"is {SAID[kind_of(value)]}, and neither true nor false")

    def _member(self, node: Node, of: Node, name: str) -> Evaluator:
        if isinstance(of, Name) and of.name == "history":
            return lambda scope, _: scope.past(Window("first"))
        inner = self.of(of)
        return lambda scope, here: self._at(node, inner(scope, here), name)

    def _at(self, node: Node, value: Any, at: Any) -> Any:
        if isinstance(value, dict) and isinstance(at, str):
            if at in value:
                return value[at]
            raise self._no(node, "is not there")
        if isinstance(value, list) and type(at) is int:
            if 0 <= at < len(value):
                return value[at]
            raise self._no(node, "is not there")
        raise self._no(node, f"looks into {SAID[kind_of(value)]} by {SAID[kind_of(at)]}")

    def _choice(self, node: Node, test: Evaluator, yes: Evaluator, no: Evaluator) -> Evaluator:
        def run(scope: Scope, here: Locals) -> Any:
            return yes(scope, here) if self._truth(node, test(scope, here)) else no(scope, here)

        return run

    def _operation(self, node: Operation) -> Evaluator:
        made = [self.of(side) for side in node.sides]
        if len(made) == 1:
            return self._unary(node, made[0])
        if node.sign in ("&&", "||"):
            return self._both(node, *made)
        left, right = made
        match node.sign:
            case "==":
                return lambda scope, here: self._equal(node, left(scope, here), right(scope, here))
            case "!=":
                return lambda scope, here: not self._equal(node, left(scope, here), right(scope, here))
            case "in":
                return lambda scope, here: self._in(node, left(scope, here), right(scope, here))
            case "<" | "<=" | ">" | ">=":
                return self._ordered(node, left, right, _COMPARE[node.sign])
            case _:
                return lambda scope, here: self._sum(node, left(scope, here), right(scope, here))

    def _unary(self, node: Operation, made: Evaluator) -> Evaluator:
        inner = node.sides[0]
        if node.sign == "!":
            return lambda scope, here: not self._truth(inner, made(scope, here))

        def run(scope: Scope, here: Locals) -> Any:
            value = made(scope, here)
            if kind_of(value) != "number":
                raise self._no(node, f"takes {SAID[kind_of(value)]} for a number")
            return EXACT.minus(value) if isinstance(value, Decimal) else -value

        return run

    def _both(self, node: Operation, left: Evaluator, right: Evaluator) -> Evaluator:
        """`&&` or `||`: the right side counts only where the left leaves it open, and an error is never overruled."""
        one, other = node.sides
        ends = node.sign == "||"

        def run(scope: Scope, here: Locals) -> bool:
            if self._truth(one, left(scope, here)) is ends:
                return ends
            return self._truth(other, right(scope, here))

        return run

    def _equal(self, node: Operation, left: Any, right: Any) -> bool:
        one, other = kind_of(left), kind_of(right)
        if one != other:
            if "null" in (one, other):
                return False
            if (one, other) == ("who", "text"):
                return bool(left.is_called(right))
            if (one, other) == ("text", "who"):
                return bool(right.is_called(left))
            raise self._no(node, f"compares {SAID[one]} with {SAID[other]}")
        return same(left, right)

    def _in(self, node: Operation, left: Any, right: Any) -> bool:
        if isinstance(right, dict) and isinstance(left, str):
            return left in right
        if not isinstance(right, list):
            raise self._no(node, f"looks for something in {SAID[kind_of(right)]}")
        found = [self._equal(node, left, one) for one in right]
        return any(found)

    def _ordered(
        self, node: Operation, left: Evaluator, right: Evaluator, holds: Callable[[Any, Any], bool]
    ) -> Evaluator:
        def run(scope: Scope, here: Locals) -> bool:
            a, b = left(scope, here), right(scope, here)
            one, other = kind_of(a), kind_of(b)
            if one != other or one not in ORDERED:
                raise self._no(node, f"compares {SAID[one]} with {SAID[other]}")
            return holds(a, b)

        return run

    def _sum(self, node: Operation, left: Any, right: Any) -> Any:
        kinds = kind_of(left), kind_of(right)
        try:
            if kinds == ("number", "number"):
                return calculated(node.sign, left, right)
            if node.sign in _OTHERS and kinds in _OTHERS[node.sign]:
                return _OTHERS[node.sign][kinds](left, right)
        except (ArithmeticError, ValueError) as error:
            raise self._no(node, f"has no exact result ({type(error).__name__})") from None
        raise self._no(node, f"calculates with {SAID[kinds[0]]} and {SAID[kinds[1]]}")

    def _call(self, node: Call) -> Evaluator:
        window = window_of(node)
        if window is not None:
            return lambda scope, _: scope.past(window)
        if node.of is None and node.name == "has":
            return self._has(node.given[0])
        if node.of is not None and node.name in MACROS:
            return self._macro(node, node.of)
        known = FUNCTIONS if node.of is None else METHODS
        function = known[node.name]
        made = [self.of(one) for one in ((node.of,) if node.of is not None else ()) + node.given]

        def run(scope: Scope, here: Locals) -> Any:
            given = [one(scope, here) for one in made]
            for value, kinds in zip(given, function.takes, strict=True):
                if kind_of(value) not in kinds:
                    raise self._no(node, f"is given {SAID[kind_of(value)]} where it needs {SAID[kinds[0]]}")
            try:
                return function.call(*given)
            except NoValue as error:
                raise self._no(node, f"has no value: {error}") from None

        return run

    def _has(self, node: Node) -> Evaluator:
        path = path_of(node)
        if path is not None:
            return lambda scope, _: scope.has(path)
        assert isinstance(node, Member)
        inner = self.of(node.of)

        def run(scope: Scope, here: Locals) -> bool:
            value = inner(scope, here)
            if not isinstance(value, dict):
                raise self._no(node, f"looks into {SAID[kind_of(value)]}")
            return node.name in value

        return run

    def _macro(self, node: Call, of: Node) -> Evaluator:
        name, body = node.given
        assert isinstance(name, Name)
        through, made = self.of(of), self.of(body)

        def run(scope: Scope, here: Locals) -> Any:
            items = through(scope, here)
            if not isinstance(items, list):
                raise self._no(of, f"is {SAID[kind_of(items)]}, and no list")
            scope.steps -= len(items)
            if scope.steps < 0:
                raise self._no(node, "goes through too many items")
            found = [made(scope, {**here, name.name: one}) for one in items]
            return _MACROS[node.name](items, found if node.name == "map" else [self._truth(body, one) for one in found])

        return run


_MACROS: Final[Mapping[str, Callable[[list[Any], list[Any]], Any]]] = {
    "all": lambda _, found: all(found),
    "exists": lambda _, found: any(found),
    "exists_one": lambda _, found: found.count(True) == 1,
    "filter": lambda items, found: [one for one, wanted in zip(items, found, strict=True) if wanted],
    "map": lambda _, found: found,
}


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same, as text is compared: exactly, and all the way down."""
    if isinstance(left, list):
        if not isinstance(right, list) or len(left) != len(right):
            return False
        return all(same(one, other) for one, other in zip(left, right, strict=True))
    if isinstance(left, dict):
        if not isinstance(right, dict) or left.keys() != right.keys():
            return False
        return all(same(value, right[key]) for key, value in left.items())
    return kind_of(left) == kind_of(right) and bool(left == right)


def calculated(sign: str, left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """Exact arithmetic. Raises `ArithmeticError` where the result cannot be written out, or is too long."""
    if type(left) is int and type(right) is int:
        if max(left.bit_length(), right.bit_length()) > MAX_BITS // 2:
            raise decimal.Overflow
        if sign in "+-*":
            return {"+": left + right, "-": left - right, "*": left * right}[sign]
        quotient = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        return quotient if sign == "/" else left - quotient * right
    if sign == "%":
        raise decimal.InvalidOperation
    found = {"+": EXACT.add, "-": EXACT.subtract, "*": EXACT.multiply, "/": EXACT.divide}[sign]
    return found(left, right)


def _joined(left: Any, right: Any) -> Any:
    if len(left) + len(right) > MAX_TEXT:
        raise decimal.Overflow
    return left + right


def _days(left: date, right: date) -> Any:
    return left - right


_OTHERS: Final[Mapping[str, Mapping[tuple[str, str], Callable[[Any, Any], Any]]]] = {
    "+": {
        ("text", "text"): _joined, ("list", "list"): _joined, ("time", "duration"): operator.add,
        ("duration", "duration"): operator.add,
    },
    "-": {
        ("time", "time"): operator.sub, ("time", "duration"): operator.sub, ("day", "day"): _days,
        ("duration", "duration"): operator.sub,
    },
}  # fmt: skip
