"""Requests that nobody should send: example bodies bent out of shape, odd headers, addresses and queries."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

TEXTS: Final = (
    "", " ", "\x00", "a" * 5_000, "😀" * 50, "\u202e", "../../etc/passwd", "' OR 1=1 --", "<script>", "%00", "null",
    "hrk_" + "0" * 49, "hrs_" + "0" * 49, "act_" + "0" * 26, "rev_" + "z" * 26, "usr_" + "0" * 26, "user:ann",
    "group:treasury", "15m", "-1m", "9" * 400 + "d", "1e400s", "2026-01-01", "sha256:" + "0" * 64, "a\r\nX: y",
)  # fmt: skip
NUMBERS: Final = (0, -1, 1, 1.0, 1.5, -0.0, 1e300, 2**31, 2**53, 2**53 - 1, -(2**53), 2**63, 2**64, 10**30)
RAW: Final = (
    b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-", b"01", b".5", b"1.", b"tru", b"'a'", b"[1,]", b'{"a":1,}',
    b'{"a":1,"a":2}', b'"\\ud800"', b'"\\x"', b'"\xff"', b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\x00", b"{} {}",
    b"/* */ {}", b'{"__proto__":{"a":1}}', b"[" * 3_000 + b"]" * 3_000, b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    b"9" * 5_000, b'"' + b"a" * 300_000 + b'"', b"[" + b"0," * 60_000 + b"0]", b"",
)  # fmt: skip
MEDIA: Final = (
    "application/json", "application/json; charset=utf-8", "application/json;charset=utf-16", "APPLICATION/JSON",
    "application/problem+json", "text/plain", "text/html", "application/x-www-form-urlencoded", "multipart/form-data",
    "application/octet-stream", "application/xml", "json", "", "a/b/c", ";", "application/json, text/plain",
)  # fmt: skip
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    "Idempotency-Key": ("", "k", "a b", "x" * 128, "x" * 129, "é", "\t", "\x7f", '"q"', "k, k"),
    "Prefer": ("", "wait", "wait=", "wait=0", "wait=-1", "wait=x", "wait=99999999999999999999", "respond-async",
               "wait=0; a=b, wait=0", "=", "wait=\u0661".encode().decode("latin-1")),
    "Last-Event-ID": ("", "x", "0", "-1", "9" * 18, "9" * 400, "1.5", "-", "\u0661".encode().decode("latin-1")),
    "Authorization": ("", "Bearer", "Bearer ", "Bearer x y", "Basic YTpi", "bearer hrk_" + "0" * 49, "\x80",
                      "Bearer \xff"),
    "Cookie": ("", "handrail=", "handrail=x; handrail=y", "=", ";;;", "handrail=hrs_" + "0" * 49, "a=\xff"),
    "Origin": ("null", "", "http://evil.example", "x"),
    "Sec-Fetch-Site": ("cross-site", "", "x"),
    "X-CSRF-Token": ("", "x", "\xe9"),
    "Accept": ("", "text/html", "*/*;q=x"),
    "Accept-Encoding": ("gzip", "br, zstd", "x" * 100),
    "Content-Encoding": ("gzip", "identity", "x"),
    "Expect": ("100-continue", "x"),
    "Range": ("bytes=0-", "x"),
    "If-Match": ("*", '"x"'),
    "X-Forwarded-For": ("127.0.0.1", "x", ""),
    "X-HTTP-Method-Override": ("DELETE", "x"),
    "Connection": ("keep-alive", "x"),
    "Upgrade": ("websocket", "h2c"),
    "Content-Language": ("x" * 20_000,),
}  # fmt: skip
IDS: Final = (
    "act_" + "0" * 26, "", "%00", "%2e%2e", "..", ".", "a" * 3_000, "%ff", "%F0%9F%98%80", "act_1", "ACT_" + "0" * 26,
    "act_" + "0" * 26 + "%20", "act_" + "0" * 26 + "/", "a%2Fb", "by-name", "all", "*", "{id}", "%", "%zz", "a;b",
    "a:b",
)  # fmt: skip
QUERIES: Final = (
    "", "?", "?limit=0", "?limit=-1", "?limit=201", "?limit=1e3", "?limit=%D9%A1", "?limit=", "?limit=1&limit=x",
    "?after=x", "?after=act_" + "0" * 26, "?after=%00", "?rev=x", "?rev=9999999999999999999", "?rev=-2", "?size=0",
    "?size=-1", "?name=", "?name=" + "n" * 600, "?name=%ff", "?beginning=", "?beginning=%25", "?beginning=act_",
    "?beginning=" + "a" * 50, "?a[]=1&&&=", "?%", "?" + "q" * 4_000, "?limit=1&after=%F0%9F%98%80",
)  # fmt: skip
METHODS: Final = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "FOO", "get")


@dataclass(frozen=True)
class Operation:
    """What can be asked for: where, with which example, with which answers, and who may."""

    method: str
    path: str
    example: Any
    statuses: frozenset[int]
    callers: tuple[str, ...]

    @property
    def noun(self) -> str:
        """The collection that it is about."""
        return self.path.split("/")[2]


@dataclass
class Sent:
    """One request, as bytes; `whole` says that its body is as long as it claims to be."""

    operation: Operation
    caller: str
    head: list[tuple[str, str]]
    method: str
    target: str
    body: bytes
    whole: bool = True
    known: bool = True
    odd: dict[str, str] = field(default_factory=dict)

    def bytes(self) -> bytes:
        """What goes over the line."""
        lines = [f"{self.method} {self.target} HTTP/1.1", *(f"{name}: {value}" for name, value in self.head)]
        return "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + self.body


class Noise:
    """An endless supply, by a seed."""

    def __init__(
        self, random: Random, operations: list[Operation], host: str, callers: dict[str, str], ids: dict[str, list[str]]
    ):
        self._random, self._operations, self._host = random, operations, host
        self._callers, self._ids = callers, ids

    def next(self) -> Sent:
        """One request, bent in one or several places."""
        random = self._random
        operation = random.choice(self._operations)
        caller = random.choice(operation.callers if random.random() < 0.8 else list(self._callers))
        known = "{id}" not in operation.path or random.random() < 0.9
        noun = operation.noun if random.random() < 0.9 else random.choice(list(self._ids))
        fitting = self._ids.get(noun, ["usr_x"])
        path = operation.path.replace("{id}", random.choice(fitting if known else IDS))
        method = operation.method
        if random.random() < 0.05:
            method, known = random.choice(METHODS), False
        target = path + (random.choice(QUERIES) if random.random() < 0.4 else "")
        if random.random() < 0.03:
            target, known = (
                random.choice(
                    (
                        "/",
                        "*",
                        "//",
                        "/v1",
                        "/v1/",
                        "/%",
                        "/v1/nowhere",
                        "http://x/v1/me",
                        "/v1//me",
                        "/v1/me/",
                        "/" + "p" * 9_000,
                        "/sign-in/x",
                    )
                ),
                False,
            )
        body = self._body(operation)
        head = [("Host", self._host), ("Authorization", f"Bearer {self._callers[caller]}")]
        sent = Sent(operation, caller, head, method, target, body, known=known)
        self._headers(sent)
        return sent

    def _headers(self, sent: Sent) -> None:
        random, length = self._random, len(sent.body)
        if sent.body or random.random() < 0.3:
            sent.head.append(("Content-Type", random.choice(MEDIA) if random.random() < 0.2 else MEDIA[0]))
        if random.random() < 0.02 and length:
            length, sent.whole = length + random.randint(1, 100), False
        if sent.body or sent.method in ("POST", "PUT"):
            sent.head.append(("Content-Length", str(length)))
        while random.random() < 0.25:
            name = random.choice(list(HEADERS))
            sent.odd[name] = random.choice(HEADERS[name])
        kept = [one for one in sent.head if one[0] not in sent.odd]
        sent.head = kept + list(sent.odd.items())

    def _body(self, operation: Operation) -> bytes:
        random = self._random
        if operation.example is None:
            return b"{}" if random.random() < 0.05 else b""
        if random.random() < 0.15:
            return random.choice(RAW)
        value = operation.example
        for _ in range(random.randint(0, 3)):
            value = self._bent(value)
        text = json.dumps(value, ensure_ascii=random.random() < 0.5).encode("utf-8", "surrogatepass")
        return self._torn(text) if random.random() < 0.15 else text

    def _bent(self, value: Any) -> Any:
        """The value with one place changed."""
        random = self._random
        if isinstance(value, dict) and value and random.random() < 0.8:
            name = random.choice(list(value))
            change = random.random()
            if change < 0.15:
                return {key: one for key, one in value.items() if key != name}
            if change < 0.3:
                return {**value, random.choice(TEXTS): self._anything(2)}
            return {**value, name: self._bent(value[name])}
        if isinstance(value, list) and value and random.random() < 0.7:
            place = random.randrange(len(value))
            return [*value[:place], self._bent(value[place]), *value[place + 1 :]]
        return self._anything(3)

    def _anything(self, depth: int) -> Any:
        random = self._random
        kind = random.randrange(6 if depth else 4)
        if kind == 0:
            return random.choice(TEXTS)
        if kind == 1:
            return random.choice(NUMBERS)
        if kind == 2:
            return random.choice((None, True, False))
        if kind == 3:
            return "".join(chr(random.choice((random.randrange(128), random.randrange(0xD800)))) for _ in range(9))
        if kind == 4:
            return [self._anything(depth - 1) for _ in range(random.randrange(4))]
        return {random.choice(TEXTS): self._anything(depth - 1) for _ in range(random.randrange(4))}

    def _torn(self, text: bytes) -> bytes:
        """The text with bytes cut, doubled or replaced."""
        random, found = self._random, bytearray(text)
        for _ in range(random.randint(1, 4)):
            place = random.randrange(len(found) + 1)
            match random.randrange(3):
                case 0:
                    del found[place : place + random.randint(1, 20)]
                case 1:
                    found[place:place] = bytes(random.randrange(256) for _ in range(random.randint(1, 5)))
                case _:
                    found[place:place] = found[place : place + 10]
        return bytes(found)
