"""Thousands of bad requests: no answer is the server's failure, none is undocumented, none is late, memory stays."""

from __future__ import annotations

import gc
import http.client
import os
import secrets
import socket
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from handrail.clock import SystemClock
from handrail.server.settings import Caps

from .house import House, opened
from .noise import Noise, Operation, Sent

LATE: Final = 5.0
ANYWHERE: Final = frozenset({303, 400, 401, 403, 404, 405, 408, 413, 415, 422, 429, 431})
"""What an address or method that the description does not name is answered with."""
MEGABYTE: Final = 1024 * 1024


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    caps = Caps(10**6, 10**6)
    folder = tmp_path_factory.mktemp("noise")
    with opened(folder / "a.db", clock=SystemClock(), poll=0, caps=caps, arrival=0.2) as found:
        yield found


class Wire:
    """Connections that are opened again when the server has closed them."""

    def __init__(self, house: House) -> None:
        self.host, port = house.url.removeprefix("http://").split(":")
        self.port = int(port)
        self.socket: socket.socket | None = None

    def ask(self, sent: Sent) -> int | None:
        """The status of the answer; none where the server closed the connection instead."""
        if self.socket is None:
            self.socket = socket.create_connection((self.host, self.port), timeout=LATE)
        try:
            self.socket.sendall(sent.bytes())
            answer = http.client.HTTPResponse(self.socket, method=sent.method)
            answer.begin()
            endless = answer.getheader("content-type", "").startswith("text/event-stream")
            if not endless:
                answer.read()
            if endless or answer.will_close or not sent.whole:
                self.close()
            return answer.status
        except (ConnectionError, http.client.HTTPException):
            self.close()
            return None

    def close(self) -> None:
        """End the connection."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def operations(house: House) -> list[Operation]:
    found = house("GET", "/openapi.json").json()["paths"]
    return [
        Operation(method.upper(), path, _example(one), frozenset(map(int, one["responses"])), tuple(_may(one)))
        for path, methods in found.items()
        for method, one in methods.items()
        if one["operationId"] != "sign_out"
    ]


def _example(operation: Mapping[str, Any]) -> Any:
    body = operation.get("requestBody")
    return body["content"]["application/json"].get("example", {}) if body else None


def _may(operation: Mapping[str, Any]) -> Iterator[str]:
    permission = operation["x-person-permission"]
    yield from ["agent"] if operation["x-agent-scope"] or "security" in operation else []
    yield from ["reviewer"] if permission in ("read", "decide") else []
    yield from ["administrator"] if permission in ("read", "administer") else []


def resident() -> int:
    """The memory that this process holds, in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def noise(house: House, seed: int) -> Noise:
    """Noise by an agent, a reviewer and an administrator, about things that are there."""
    company = house.company
    company.person("ann", "treasury", roles=("reviewer", "supervisor"))
    company.person("olga", roles=("administrator",))
    company.person("root", roles=("administrator",))
    key = company.key("bot")
    asked = house("POST", "/actions", key, json={"name": "a.b", "declared": {"reviewers": ["group:treasury"]}}).json()
    run = house("GET", "/runs/by-name", key, params={"name": "n"}).json()["id"]
    house("POST", f"/runs/{run}/open", key, json={"title": "n"})
    spare = company.accounts.by_key(company.key("spare")).key or ""
    ids = {"actions": [asked["id"]], "reviews": [asked["review"]], "runs": [run], "keys": [spare],
           "people": [company.person("spare")]}  # fmt: skip
    callers = {"agent": key, "reviewer": house.session("ann"), "administrator": house.session("olga")}
    return Noise(Random(seed), operations(house), house.url.removeprefix("http://"), callers, ids)


def endure(house: House, count: int, warm: int) -> None:
    """Send so many requests and look at each answer; memory counts from the `warm`th on."""
    seed = 1 if os.environ.get("CI") else secrets.randbelow(2**32)
    wire = Wire(house)
    try:
        seen, grown = _sent(house, wire, seed, count, warm)
    finally:
        wire.close()
    print(f"seed {seed}: {count} requests, {dict(sorted(seen.items(), key=str))}, memory grew by {grown:.1f} MB")
    assert grown < 50
    assert seen[401] < count / 10
    assert sum(count for status, count in seen.items() if status and status < 300) > count / 20


def _sent(house: House, wire: Wire, seed: int, count: int, warm: int) -> tuple[Counter[int | None], float]:
    source, seen, before = noise(house, seed), Counter[int | None](), 0
    of_path: dict[str, frozenset[int]] = {}
    for one in operations(house):
        of_path[one.path] = of_path.get(one.path, ANYWHERE) | one.statuses
    for number in range(count):
        if number == warm:
            gc.collect()
            before = resident()
            wire.close()
        if number % 500 == 499:
            source = noise(house, seed + number)
        sent = source.next()
        began = time.monotonic()
        status = wire.ask(sent)
        said = f"seed {seed}, request {number} as {sent.caller}: {sent.bytes()[:2000]!r} -> {status}"
        assert time.monotonic() - began < LATE, said
        assert status is not None or not sent.whole, said
        assert status is None or status < 500, said
        assert status is None or status in (sent.operation.statuses if sent.known else of_path[sent.operation.path]), (
            said
        )
        seen[status] += 1
    gc.collect()
    return seen, (resident() - before) / MEGABYTE


def test_two_thousand_bad_requests_are_answered_as_described(house: House):
    endure(house, 2_000, 500)


@pytest.mark.nightly
def test_twenty_thousand_bad_requests_are_answered_as_described(house: House):
    endure(house, 20_000, 2_000)
