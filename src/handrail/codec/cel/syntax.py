"""The text of a condition as a tree: the Common Expression Language, without maps, messages and bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, NoReturn, TypeAlias

MAX_CHARACTERS: Final = 2_000
MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 400
_RELATIONS: Final = ("==", "!=", "<", "<=", ">", ">=", "in")
_LEVELS: Final = (("||",), ("&&",), _RELATIONS, ("+", "-"), ("*", "/", "%"))
_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<number>0[xX][0-9a-fA-F]+u?|(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+)(?:[eE][+-]?[0-9]{1,3})?u?)
    |(?P<text>[rR]?(?:"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'))
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<sign>\|\||&&|==|!=|<=|>=|[-<>+*/%!?:.,()\[\]])""",
    re.VERBOSE,
)
_ESCAPE: Final = re.compile(r"\\(?:([abfnrtv\\?\"'`])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))")
_ESCAPES: Final = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_WORDS: Final[dict[str, None | bool]] = {"true": True, "false": False, "null": None}
_RESERVED: Final = frozenset({
    "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
    "namespace", "return", "var", "void", "while",
})  # fmt: skip


class ConditionError(Exception):
    """A condition that cannot be meant: what is wrong, and what to write."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(f"{problem}; {fix}")
        self.problem, self.fix = problem, fix


@dataclass(frozen=True, slots=True)
class Span:
    """From where to where something stands in the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that is written out."""

    value: None | bool | int | Decimal | str
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """A variable."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Member:
    """One member of something: `of.name`."""

    of: Node
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """One place of something: `of[at]`."""

    of: Node
    at: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """A function, or a method of `of`."""

    of: Node | None
    name: str
    given: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator between two, or before one."""

    sign: str
    sides: tuple[Node, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Choice:
    """`test ? yes : no`."""

    test: Node
    yes: Node
    no: Node
    span: Span


@dataclass(frozen=True, slots=True)
class Items:
    """A list that is written out."""

    items: tuple[Node, ...]
    span: Span


Node: TypeAlias = Constant | Name | Member | Index | Call | Operation | Choice | Items


@dataclass(frozen=True, slots=True)
class Token:
    """A word or sign of the text."""

    kind: str
    text: str
    span: Span


def parsed(text: str) -> Node:
    """The tree of a condition. Raises `ConditionError`."""
    if len(text) > MAX_CHARACTERS:
        raise ConditionError(f"this condition has {len(text):,} characters", f"keep to {MAX_CHARACTERS:,}")
    return _Parser(text).whole()


def _tokens(text: str) -> list[Token]:
    found, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(f"{text[at]!a} stands for nothing in a condition", _advice(text, at))
        kind = str(match.lastgroup)
        if kind != "space":
            found.append(Token(kind, match[0], Span(at, match.end())))
        at = match.end()
    return [*found, Token("end", "", Span(at, at))]


def _advice(text: str, at: int) -> str:
    if text[at] in "\"'":
        return "close the text with the same mark"
    if text[at] in "=&|":
        return "write ==, && or ||"
    return "take it out" if text[at] != "{" else "compare single members instead"


class _Parser:
    """Reads from left to right, by the precedence of the operators."""

    def __init__(self, text: str) -> None:
        self.tokens, self.at, self.depth = _tokens(text), 0, 0

    def whole(self) -> Node:
        """The whole text."""
        found = self._choice()
        if self._next.kind != "end":
            self._wrong("an operator")
        return found

    @property
    def _next(self) -> Token:
        return self.tokens[self.at]

    def _wrong(self, wanted: str) -> NoReturn:
        here = repr(self._next.text) if self._next.kind != "end" else "the end"
        raise ConditionError(f"{wanted} is missing before {here}", "complete the condition, or take the rest out")

    def _take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def _is(self, *signs: str) -> bool:
        return self._next.kind in ("sign", "name") and self._next.text in signs

    def _expect(self, sign: str) -> Token:
        return self._take() if self._is(sign) else self._wrong(f"{sign!r}")

    def _choice(self) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ConditionError(f"this condition is nested more than {MAX_DEPTH} deep", "write several rules")
        test = self._level(0)
        if self._is("?"):
            self._take()
            yes = self._choice()
            self._expect(":")
            no = self._choice()
            test = Choice(test, yes, no, Span(test.span.start, no.span.end))
        self.depth -= 1
        return test

    def _level(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._level(level + 1)
        while self._is(*_LEVELS[level]):
            sign = self._take().text
            right = self._level(level + 1)
            left = Operation(sign, (left, right), Span(left.span.start, right.span.end))
        return left

    def _unary(self) -> Node:
        signs = []
        while self._is("!", "-"):
            signs.append(self._take())
        if len(signs) > 2:
            raise ConditionError(f"{signs[0].text!r} stands {len(signs)} times", "write it once or not at all")
        found = self._member()
        for sign in reversed(signs):
            found = Operation(sign.text, (found,), Span(sign.span.start, found.span.end))
        return found

    def _member(self) -> Node:
        found = self._primary()
        while self._is(".", "["):
            if self._take().text == "[":
                at = self._choice()
                found = Index(found, at, Span(found.span.start, self._expect("]").span.end))
                continue
            name = self._take() if self._next.kind == "name" else self._wrong("a name")
            if self._is("("):
                given, end = self._given()
                found = Call(found, name.text, given, Span(found.span.start, end))
            else:
                found = Member(found, name.text, Span(found.span.start, name.span.end))
        return found

    def _given(self) -> tuple[tuple[Node, ...], int]:
        self._expect("(")
        return self._list(")")

    def _list(self, end: str) -> tuple[tuple[Node, ...], int]:
        found: list[Node] = []
        while not self._is(end):
            found.append(self._choice())
            if not self._is(end):
                self._expect(",")
        return tuple(found), self._take().span.end

    def _primary(self) -> Node:
        token = self._next
        if token.kind == "number":
            return _number(self._take())
        if token.kind == "text":
            return Constant(_text(self._take().text), token.span)
        if token.kind == "name" and token.text != "in":
            return self._named(self._take())
        if self._is("("):
            self._take()
            found = self._choice()
            self._expect(")")
            return found
        if self._is("["):
            self._take()
            items, end = self._list("]")
            return Items(items, Span(token.span.start, end))
        return self._wrong("a value")

    def _named(self, token: Token) -> Node:
        if token.text in _WORDS:
            return Constant(_WORDS[token.text], token.span)
        if token.text in _RESERVED:
            raise ConditionError(f"{token.text!r} is a reserved word", "use another name")
        if self._is("("):
            given, end = self._given()
            return Call(None, token.text, given, Span(token.span.start, end))
        return Name(token.text, token.span)


def _number(token: Token) -> Constant:
    digits = token.text.rstrip("u")
    if len(digits) > MAX_DIGITS:
        raise ConditionError(f"this number has more than {MAX_DIGITS} digits", "write a shorter one")
    if digits[:2].lower() == "0x":
        return Constant(int(digits, 16), token.span)
    return Constant(int(digits) if digits.isdecimal() else Decimal(digits), token.span)


def _text(written: str) -> str:
    raw = written[0] in "rR"
    inner = written[2:-1] if raw else written[1:-1]
    return inner if raw else _ESCAPE.sub(_unescaped, inner)


def _unescaped(match: re.Match[str]) -> str:
    plain, *codes, unknown = match.groups()
    if unknown is not None:
        raise ConditionError(f"{match[0]!a} is no escape", 'write r"…" where a backslash is meant')
    if plain is not None:
        return _ESCAPES.get(plain, plain)
    code = int(next(one for one in codes if one), 16)
    if code > 0x10FFFF or 0xD800 <= code < 0xE000:
        raise ConditionError(f"{match[0]!a} is no character", "write the character itself")
    return chr(code)
