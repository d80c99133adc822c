"""A command whose answer was lost on the way is sent again, and counts once."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import handrail
from handrail.clock import SystemClock
from tests.server.company import PASSWORD
from tests.server.house import House, opened


class Wire:
    """Leads to a server, and loses the first answer to each command."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._ear.getsockname()[1]}"
        self.lost: list[str] = []
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                here, _ = self._ear.accept()
                there = socket.create_connection(("127.0.0.1", self._port))
                self._open += [here, there]
                threading.Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        """Requests are small and come one after another on a connection."""
        with contextlib.suppress(OSError), here, there:
            while asked := _message(here):
                there.sendall(asked)
                answer = _message(there)
                verb = asked.split(b" ")[1].rpartition(b"/")[2].decode()
                if asked.startswith(b"POST") and verb not in self.lost:
                    self.lost.append(verb)
                    return
                here.sendall(answer)

    def close(self) -> None:
        """Lead nowhere any more."""
        for one in (self._ear, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _message(end: socket.socket) -> bytes:
    """One HTTP message: its head, and as many bytes of body as that says."""
    found = b""
    while b"\r\n\r\n" not in found:
        more = end.recv(65536)
        if not more:
            return b""
        found += more
    head, _, body = found.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = int(lengths[0].partition(b":")[2]) - len(body) if lengths else 0
    while left > 0:
        more = end.recv(left)
        found, left = found + more, left - len(more)
    return found


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path / "handrail.db", clock=SystemClock()) as found:
        found.company.person("ben", "treasury", password=PASSWORD)
        yield found


@pytest.fixture
def wire(house: House) -> Iterator[Wire]:
    found = Wire(int(house.url.rpartition(":")[2]))
    yield found
    found.close()


def in_thread(rail: Any, function: Callable[..., Any]) -> Any:
    return rail.approval(name="pay", reviewers="group:treasury")(function)(7)


def on_loop(rail: Any, function: Callable[..., Any]) -> Any:
    async def pay(amount: int) -> int:
        return int(function(amount))

    return asyncio.run(rail.approval(name="pay", reviewers="group:treasury")(pay)(7))


@pytest.mark.parametrize("call", [in_thread, on_loop])
def test_a_call_whose_every_command_lost_its_first_answer_runs_once(house: House, wire: Wire, call: Any):
    rail = handrail.connect(wire.url, key=house.company.key("payer"), quiet=True)
    paid: list[int] = []

    def pay(amount: int) -> int:
        paid.append(amount)
        return amount

    with ThreadPoolExecutor() as pool:
        result = pool.submit(call, rail, pay)
        ben = house.signed_in("ben")
        size = 0
        while not (waiting := house("GET", "/reviews", ben).json()["items"]):
            size = house("GET", f"/log?size={size}", ben, headers={"Prefer": "wait=20"}).json()["size"]
        review = waiting[0]["state"]
        body = {"outcome": "approve", "view": review["view"]}
        assert house("POST", f"/reviews/{review['id']}/decisions", ben, json=body).status_code == 200
        assert result.result(60) == 7
    rail.close()
    assert wire.lost == ["actions", "start", "settle"]
    assert paid == [7]
    assert [one["status"] for one in house("GET", "/actions", ben).json()["items"]] == ["succeeded"]
