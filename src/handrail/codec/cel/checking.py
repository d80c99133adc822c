"""What is wrong with a condition before it meets any action: unknown names, kinds that do not go together."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Final, NoReturn, assert_never

from ...clock import DAY, MINUTE, micros
from .functions import FUNCTIONS, HISTORY, KINDS, MACROS, METHODS, ORDERED, SAID, NoValue, pattern
from .syntax import Call, Choice, ConditionError, Constant, Index, Items, Member, Name, Node, Operation

Path = tuple[str, ...]
VARIABLES: Final[Mapping[str, str]] = {
    "action": "text", "agent": "who", "args": "object", "confidence": "number", "criticality": "text", "env": "text",
    "history": "history", "reversible": "bool", "risk": "text", "run": "who",
}  # fmt: skip
WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "risk": ("low", "medium", "high", "critical", "unrated"), "criticality": ("low", "medium", "high", "critical"),
}  # fmt: skip
MOST_DAYS: Final = 90
_READERS: Final = frozenset({"decimal", "timestamp", "date", "duration"})


@dataclass(frozen=True, slots=True)
class Window:
    """What a condition asks of the past: `count`, `refused` or `sum` of an argument over µs, or `first`."""

    what: str
    over: int = 0
    path: Path = ()


Subject = Path | Window | str
"""What a condition can compare: an argument, something of the past, a variable."""


@dataclass
class Uses:
    """What a condition looks at; `guesses` are the kinds of arguments that it is only true or false for, and `borders`
    the written values that it compares each thing with."""

    paths: set[Path] = field(default_factory=set)
    windows: set[Window] = field(default_factory=set)
    names: set[str] = field(default_factory=set)
    guesses: dict[Path, str] = field(default_factory=dict)
    borders: dict[Subject, set[Any]] = field(default_factory=dict)


def checked(tree: Node) -> Uses:
    """What a condition looks at. Raises `ConditionError`."""
    checker = _Checker()
    kind = checker.kind(tree)
    if kind not in ("bool", "any"):
        wrong(f"this condition is {SAID[kind]}, and never true or false", "compare it with something, as in … > 500")
    return checker.uses


def wrong(problem: str, fix: str) -> NoReturn:
    """Refuse a condition."""
    raise ConditionError(problem, fix)


def path_of(node: Node) -> Path | None:
    """The path of an argument: ("order", "amount") of `args.order.amount`."""
    match node:
        case Name("args"):
            return ()
        case Member(of, name, _):
            found = path_of(of)
            return None if found is None else (*found, name)
        case Index(of, Constant(str() as name), _):
            found = path_of(of)
            return None if found is None else (*found, name)
        case _:
            return None


def subject_of(node: Node) -> Subject | None:
    """What a part stands for, if it is one thing."""
    path = path_of(node)
    if path:
        return path
    if isinstance(node, Name):
        return node.name
    return window_of(node) if isinstance(node, Call) else None


def written(node: Node) -> Iterator[Any]:
    """The values that are written out in a part."""
    match node:
        case Constant():
            yield node.value
        case Items():
            for one in node.items:
                yield from written(one)
        case Operation("-", (Constant(int() | Decimal() as value),)):
            yield -value
        case Call(None, name, (Constant(str() as text),)) if name in _READERS:
            yield FUNCTIONS[name].call(text)
        case _:
            return


def window_of(node: Call) -> Window | None:
    """What a call asks of the past."""
    if node.of is None or not isinstance(node.of, Name) or node.of.name != "history":
        return None
    if node.name not in HISTORY or len(node.given) != HISTORY[node.name][0]:
        wrong(
            f"history has no {node.name}(…) like this",
            'write history.count("24h") or history.sum("args.amount", "24h")',
        )
    texts = [one.value for one in node.given if isinstance(one, Constant) and isinstance(one.value, str)]
    if len(texts) < len(node.given):
        wrong("history is asked with a value that is not written out", 'write it out, as in history.count("24h")')
    if node.name == "sum" and (not texts[0].startswith("args.") or not all(texts[0].split("."))):
        wrong(f"{texts[0]!a} names no argument", 'write history.sum("args.amount", "24h")')
    path = tuple(texts[0].split(".")[1:]) if node.name == "sum" else ()
    return Window(node.name, _over(texts[-1]), path)


def _over(text: str) -> int:
    try:
        found = micros(text)
    except ValueError:
        wrong(f"{text!a} is no time", "write a number and m, h or d, as in 24h")
    if not MINUTE <= found <= MOST_DAYS * DAY:
        wrong(f"{text!a} is too short or too long", f"write something from 1m to {MOST_DAYS}d")
    return found


class _Checker:
    """Walks the tree with the kinds of what is known; `any` is known only when it is evaluated."""

    def __init__(self) -> None:
        self.uses, self.bound, self.nested = Uses(), dict[str, str](), 0

    def kind(self, node: Node) -> str:
        """The kind of a part."""
        path = path_of(node)
        if path is not None and not (isinstance(node, Name) and node.name in self.bound):
            self.uses.paths.add(path)
            self.uses.borders.setdefault(path, set())
            return "any" if path else "object"
        match node:
            case Constant():
                return KINDS[type(node.value)]
            case Name():
                return self._variable(node.name)
            case Member():
                return self._member(node)
            case Index():
                return self._index(self.kind(node.of), self.kind(node.at))
            case Operation():
                return self._operation(node)
            case Choice():
                self._need(node.test, "bool", "?")
                kinds = {self.kind(node.yes), self.kind(node.no)}
                return kinds.pop() if len(kinds) == 1 else "any"
            case Items():
                for one in node.items:
                    self.kind(one)
                return "list"
            case Call():
                return self._call(node)
        assert_never(node)

    def _variable(self, name: str) -> str:
        if name in self.bound:
            return self.bound[name]
        if name == "history":
            wrong("history is no value by itself", 'write history.count("24h"), history.refused("7d") or history.first')
        self.uses.names.add(name)
        self.uses.borders.setdefault(name, set())
        return VARIABLES[name] if name in VARIABLES else self._unknown(name, VARIABLES)

    def _unknown(self, name: str, known: Mapping[str, object]) -> NoReturn:
        near = get_close_matches(name, known, 1, 0.6)
        fix = f"write {near[0]}" if near else f"conditions know {', '.join(sorted(known))}"
        wrong(f"there is no {name!a}", fix)

    def _member(self, node: Member) -> str:
        if isinstance(node.of, Name) and node.of.name == "history":
            if node.name != "first":
                wrong(f"history has no {node.name!a}", 'write history.first, or history.count("24h")')
            self.uses.windows.add(Window("first"))
            self.uses.borders.setdefault(Window("first"), set())
            return "bool"
        found = self.kind(node.of)
        if found not in ("any", "object"):
            wrong(f"{SAID[found]} has no member {node.name!a}", "take it out, or name an argument as in args.amount")
        return "any"

    def _index(self, of: str, at: str) -> str:
        if of not in ("any", "list", "object") or at not in ("any", "number", "text"):
            wrong(f"{SAID[of]} has no places in brackets", "take the brackets out")
        return "any"

    def _need(self, node: Node, wanted: str, sign: str) -> None:
        found = self.kind(node)
        if found not in (wanted, "any"):
            wrong(f"`{sign}` needs {SAID[wanted]}, and stands beside {SAID[found]}", "compare it with something first")
        self._guess(node, wanted)

    def _border(self, one: Node, other: Node) -> None:
        """Keep what a thing is compared with, where that is written out."""
        subject = subject_of(one)
        for value in written(other):
            if subject is not None and isinstance(value, Hashable):
                self.uses.borders.setdefault(subject, set()).add(value)

    def _guess(self, node: Node, kind: str) -> None:
        path = path_of(node)
        if path and kind in ("number", "time", "day"):
            self.uses.guesses.setdefault(path, kind)

    def _operation(self, node: Operation) -> str:
        if len(node.sides) == 1:
            wanted = "bool" if node.sign == "!" else "number"
            self._need(node.sides[0], wanted, node.sign)
            return wanted
        if node.sign in ("&&", "||"):
            for side in node.sides:
                self._need(side, "bool", node.sign)
            return "bool"
        left, right = (self.kind(side) for side in node.sides)
        for one, other in (node.sides, node.sides[::-1]):
            self._border(one, other)
        if node.sign == "in":
            if right not in ("any", "list", "object"):
                wrong(f"`in` looks into a list, and this is {SAID[right]}", 'write … in ["a", "b"]')
            return "bool"
        self._guess(node.sides[0], right)
        self._guess(node.sides[1], left)
        if node.sign in ("==", "!="):
            return self._equal(node, left, right)
        return self._ordered(node.sign, left, right) if node.sign[0] in "<>" else _sum(node.sign, left, right)

    def _equal(self, node: Operation, left: str, right: str) -> str:
        if left != right and not {left, right} & {"any", "null"} and {left, right} != {"who", "text"}:
            self._apart(node.sign, left, right)
        for one, other in (node.sides, node.sides[::-1]):
            known = WORDS.get(one.name) if isinstance(one, Name) else None
            if known and isinstance(one, Name) and isinstance(other, Constant) and other.value not in known:
                wrong(f"no {one.name} is called {str(other.value)!a}", f"write one of {', '.join(known)}")
        return "bool"

    def _apart(self, sign: str, left: str, right: str) -> NoReturn:
        wrong(f"`{sign}` stands between {SAID[left]} and {SAID[right]}", "compare what is of one kind")

    def _ordered(self, sign: str, left: str, right: str) -> str:
        kinds = {left, right} - {"any"}
        if len(kinds) > 1:
            self._apart(sign, left, right)
        if kinds - ORDERED:
            wrong(f"`{sign}` cannot order {SAID[kinds.pop()]}", "write == or !=")
        return "bool"

    def _call(self, node: Call) -> str:
        window = window_of(node)
        if window is not None:
            self.uses.windows.add(window)
            self.uses.borders.setdefault(window, set())
            return HISTORY[node.name][1]
        if node.of is None and node.name == "has":
            return self._has(node)
        if node.of is not None and node.name in MACROS:
            return self._macro(node)
        known = FUNCTIONS if node.of is None else METHODS
        if node.name not in known:
            self._unknown(node.name, {**known, **(MACROS if node.of else {"has": 1})})
        function = known[node.name]
        given = (*([node.of] if node.of is not None else []), *node.given)
        if len(given) != len(function.takes):
            wrong(
                f"{node.name} takes {len(function.takes)} values, and is given {len(given)}",
                "see the list of functions",
            )
        for one, kinds in zip(given, function.takes, strict=True):
            found = self.kind(one)
            if found not in (*kinds, "any"):
                wrong(f"{node.name} needs {SAID[kinds[0]]}, and is given {SAID[found]}", "give it what it needs")
        self._literal(node.name, given)
        self._border(given[0], given[-1])
        return function.gives

    def _literal(self, name: str, given: tuple[Node, ...]) -> None:
        """A value that is written out is read at once, so that a mistake in it is told."""
        last = given[-1]
        if name == "matches" and not isinstance(last, Constant):
            wrong("a regular expression is not written out", "write it out, as in args.to.matches('^acct_')")
        if isinstance(last, Constant) and name in (*_READERS, "matches"):
            try:
                (pattern if name == "matches" else FUNCTIONS[name].call)(last.value)
            except NoValue as error:
                wrong(f"{last.value!a} cannot be given to {name}: {error}", "write one that can")

    def _has(self, node: Call) -> str:
        if len(node.given) != 1 or not isinstance(node.given[0], Member):
            wrong("has asks whether one member is there", "write has(args.note)")
        found = node.given[0]
        path = path_of(found)
        if path:
            self.uses.paths.add(path)
        else:
            self.kind(found.of)
        return "bool"

    def _macro(self, node: Call) -> str:
        assert node.of is not None
        found = self.kind(node.of)
        if found not in ("any", "list"):
            wrong(f"{node.name} goes through a list, and this is {SAID[found]}", "name an argument that is a list")
        if len(node.given) != 2 or not isinstance(node.given[0], Name):
            wrong(
                f"{node.name} needs a name and what is asked of it",
                f"write args.items.{node.name}(item, item.price < 5)",
            )
        with self._binding(node.given[0].name):
            if node.name == "map":
                self.kind(node.given[1])
            else:
                self._need(node.given[1], "bool", node.name)
        return MACROS[node.name]

    @contextmanager
    def _binding(self, name: str) -> Iterator[None]:
        if name in VARIABLES or name in self.bound:
            wrong(f"{name!a} stands for something already", "use another name")
        if self.nested == 2:
            wrong("more than two lists are gone through inside one another", "write several rules")
        self.bound[name], self.nested = "any", self.nested + 1
        yield
        del self.bound[name]
        self.nested -= 1


def _sum(sign: str, left: str, right: str) -> str:
    """The kind of `left sign right`."""
    known = SUMS.get(sign, {})
    if "any" in (left, right):
        kinds = {gives for sides, gives in known.items() if left in (sides[0], "any") and right in (sides[1], "any")}
    else:
        kinds = {gives for sides, gives in known.items() if sides == (left, right)}
    if not kinds:
        wrong(f"`{sign}` stands between {SAID[left]} and {SAID[right]}", "calculate with numbers")
    return kinds.pop() if len(kinds) == 1 else "any"


_NUMBERS: Final = {("number", "number"): "number"}
SUMS: Final[Mapping[str, Mapping[tuple[str, str], str]]] = {
    "+": {
        **_NUMBERS, ("text", "text"): "text", ("list", "list"): "list", ("time", "duration"): "time",
        ("duration", "duration"): "duration",
    },
    "-": {
        **_NUMBERS, ("time", "time"): "duration", ("time", "duration"): "time", ("day", "day"): "duration",
        ("duration", "duration"): "duration",
    },
    "*": _NUMBERS, "/": _NUMBERS, "%": _NUMBERS,
}  # fmt: skip
