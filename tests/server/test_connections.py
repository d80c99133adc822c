"""What is sent byte by byte, in two readings, in other names, or not at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from handrail.clock import SystemClock

from .company import PASSWORD
from .house import House, opened

QUICK: dict[str, Any] = {"head": 0.3, "arrival": 0.3}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("slow") / "a.db", clock=SystemClock(), **QUICK) as found:
        yield found


class Line:
    """A connection on which a test writes what it likes."""

    def __init__(self, house: House) -> None:
        host, port = house.url.removeprefix("http://").split(":")
        self.host = f"{host}:{port}"
        self.socket = socket.create_connection((host, int(port)), timeout=20)

    def send(self, text: str) -> Line:
        """Write; `HOST` stands for the server's own."""
        self.socket.sendall(text.replace("HOST", self.host).encode("latin-1"))
        return self

    def rest(self) -> bytes:
        """Everything until the server closes; nothing where it broke the connection off."""
        found = b""
        try:
            while part := self.socket.recv(65_536):
                found += part
        except ConnectionError:
            pass
        finally:
            self.socket.close()
        return found

    def drip(self, text: str, most: int = 2_000) -> int:
        """Write a character whenever nothing comes for a moment; how many went before the server cut the line."""
        self.socket.settimeout(0.01)
        for sent in range(most):
            try:
                self.socket.sendall(text[sent % len(text)].encode())
                if not self.socket.recv(65_536):
                    break
            except TimeoutError:
                continue
            except ConnectionError:
                break
        else:
            sent = most
        self.socket.close()
        return sent


HEAD = "POST /v1/actions HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\nContent-Length: 100\r\n"


def test_half_a_body_that_stalls_is_told_so_and_cut(house: House):
    key = house.company.key()
    found = Line(house).send(HEAD + f"Authorization: Bearer {key}\r\n\r\n" + '{"name":').rest()
    assert found.startswith(b"HTTP/1.1 408")
    assert b'"code":"too_slow"' in found
    assert b"connection: close" in found.lower()


@pytest.mark.parametrize(
    "sent",
    ["", "GET /v1/me HTT", "GET /v1/me HTTP/1.1\r\nHost: HOST\r\n"],
    ids=["nothing", "half a line", "half a head"],
)
def test_a_head_that_does_not_come_is_cut(house: House, sent: str):
    assert Line(house).send(sent).rest() == b""


def test_a_head_and_a_body_that_drip_are_cut(house: House):
    assert Line(house).send("GET /livez HTTP/1.1\r\nHost: HOST\r\nX: ").drip("x") < 2_000
    assert Line(house).send(HEAD + f"Authorization: Bearer {house.company.key()}\r\n\r\n").drip(" ") < 2_000


def test_a_body_that_nobody_asked_for_is_cut_too(house: House):
    found = Line(house).send("GET /livez HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100\r\n\r\n{").rest()
    assert found.count(b"HTTP/1.1") == 1


def test_the_next_request_on_a_connection_has_its_own_time(house: House):
    line = Line(house)
    for _ in range(3):
        line.send("GET /livez HTTP/1.1\r\nHost: HOST\r\n\r\n")
        found = b""
        while not found.endswith(b'{"status":"alive"}'):
            found += line.socket.recv(65_536)
    assert line.send("GET /livez HTTP/1.1\r\n").rest() == b""


CHUNKED = "0\r\n\r\n"
SMUGGLED = {
    "two lengths": "Host: HOST\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "two lengths in one": "Host: HOST\r\nContent-Length: 5, 6\r\n\r\nabcdef",
    "length and chunks": f"Host: HOST\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNKED}",
    "chunks and length": f"Host: HOST\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n{CHUNKED}",
    "an unknown coding": f"Host: HOST\r\nTransfer-Encoding: xchunked\r\n\r\n{CHUNKED}",
    "two codings": f"Host: HOST\r\nTransfer-Encoding: gzip, chunked\r\n\r\n{CHUNKED}",
    "a space before the colon": f"Host: HOST\r\nTransfer-Encoding : chunked\r\n\r\n{CHUNKED}",
    "a negative length": "Host: HOST\r\nContent-Length: -1\r\n\r\n",
    "no length at all": "Host: HOST\r\nContent-Length: five\r\n\r\nabcde",
    "a chunk that is none": "Host: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a folded line": "Host: HOST\r\nX: a\r\n b\r\nContent-Length : 5\r\n\r\nabcde",
    "no host": "Content-Length: 0\r\n\r\n",
    "two hosts": "Host: HOST\r\nHost: HOST\r\n\r\n",
    "another host": "Host: evil.example\r\n\r\n",
    "another host that begins alike": "Host: 127.0.0.1.evil.example\r\n\r\n",
    "a long head": f"Host: HOST\r\nX: {'x' * 40_000}\r\n\r\n",
}


@pytest.mark.parametrize("rest", SMUGGLED.values(), ids=SMUGGLED.keys())
def test_what_can_be_read_in_two_ways_is_not_read(house: House, rest: str):
    """And nothing behind it either: the connection ends, so that no hidden second request is answered."""
    key = house.company.key()
    head = f"POST /v1/actions HTTP/1.1\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n"
    found = Line(house).send(head + rest + "GET /livez HTTP/1.1\r\nHost: HOST\r\n\r\n").rest()
    assert found.startswith((b"HTTP/1.1 400", b"HTTP/1.1 431")), found[:300]
    assert found.count(b"HTTP/1.1") == 1


def test_an_endless_body_ends_at_the_limit(house: House):
    line = Line(house).send(
        "POST /v1/sessions HTTP/1.1\r\nHost: HOST\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    part = f"{64 * 1024:x}\r\n{' ' * 64 * 1024}\r\n"
    try:
        for _ in range(200):
            line.send(part)
    except ConnectionError:
        pass
    assert line.rest().startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "[::1]:8321", "127.0.0.1"])
def test_this_machine_has_several_names(house: House, host: str):
    assert house.client.get("/livez", headers={"Host": host}).status_code == 200


def tries(house: House, address: str, count: int, name: str) -> list[int]:
    """Failed sign-ins that a proxy says come from there, each with another handle."""
    return [
        house("POST", "/sessions", json={"name": f"{name}{n}", "password": PASSWORD},
              headers={"X-Forwarded-For": address}).status_code
        for n in range(count)
    ]  # fmt: skip


def test_guessing_is_braked_by_the_address_that_the_proxy_saw(tmp_path: Path):
    with opened(tmp_path / "a.db", proxies=("127.0.0.1/8",)) as house:
        assert tries(house, "192.0.2.1", 6, "a") == [401] * 5 + [429]
        assert tries(house, "198.51.100.7, 192.0.2.1", 1, "b") == [429], "the caller chose an address"
        assert tries(house, "192.0.2.2", 1, "c") == [401]
        assert tries(house, "2001:db8::1", 3, "d") == [401] * 3
        assert tries(house, "2001:db8::ffff:1", 3, "e") == [401, 401, 429], "one network, many addresses"
        for odd in ("unknown", "", "x" * 5000, "1.2.3.4:99999999999999", "[::1", "::ffff:192.0.2.9"):
            assert tries(house, odd, 1, "f")[0] in (401, 429)
            assert house.client.get("/metrics", headers={"X-Forwarded-For": odd or "?"}).status_code == 401


def test_without_a_proxy_nobody_says_where_they_come_from(tmp_path: Path):
    with opened(tmp_path / "a.db") as house:
        assert [tries(house, f"192.0.2.{n}", 1, f"g{n}")[0] for n in range(6)] == [401] * 5 + [429]
