"""Nothing but a public machine is called on somebody's word: no form of a forbidden address, no other answer of the
resolver, and no redirect leads anywhere else."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.notify import guarded
from handrail.notify.addresses import is_public
from handrail.notify.channel import Undeliverable, Unreachable
from handrail.notify.guarded import Guarded, resolved
from tests.notify.mailbox import HOST, certificate, free_port
from tests.notify.receiver import connections, receiver

PUBLIC: Final = "93.184.215.14"
V4: Final = (
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001",
    "127.0.0.1.", "127.255.255.254", "0.0.0.0", "0", "00", "0x0", "10.0.0.1", "172.16.0.1", "172.31.255.255",
    "192.168.1.1", "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe", "100.64.0.1", "100.100.100.200",
    "192.0.0.192", "198.18.0.1", "192.0.2.1", "203.0.113.7", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "168.63.129.16", "127.0.0.1%00", "1.2.3.4.5", "256.1.1.1", "01.2.3.4",
)  # fmt: skip
V6: Final = (
    "::1", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe", "::127.0.0.1", "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "fe80::1", "fe80::1%25lo", "fe80::1%lo", "fec0::1", "fc00::1",
    "fd00:ec2::254", "ff02::1", "2001:db8::1", "2002:7f00:1::", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "100::1",
    "0:0:0:0:0:0:0:1", "3fff::1",
)  # fmt: skip
FORMS: Final = (
    *(f"https://{one}/" for one in V4), *(f"https://[{one}]/" for one in V6),
    "http://example.com/", f"http://{PUBLIC}/", "ftp://example.com/", "file:///etc/passwd", "gopher://example.com/",
    "javascript:alert(1)", "//127.0.0.1/", "https:127.0.0.1", "https:/127.0.0.1/", "https://", "https:///x", "",
    " https://example.com/", "https://exa mple.com/", "https://example.com/\r\nX: y", "https://example.com/\tx",
    "https://example.com\\@127.0.0.1/", "https://user:pw@example.com/", "https://example.com@127.0.0.1/",
    "https://127.0.0.1#@example.com/", "https://127.0.0.1?@example.com/", "https://①②⑦.0.0.1/",
    "https://127。0。0。1/", "https://exämple.com/", "https://example.com:0/", "https://example.com:65536/",
    "https://example.com:port/", "https://[::1/", "https://localhost/", "https://LOCALHOST/", "https://-x.example/",
    "https://a..b/", "https://%6c%6f%63%61%6c/", "https://example.com/" + "x" * 2050,
)  # fmt: skip


def names(host: str, port: int) -> list[str]:
    """Numbers as the system reads them; `example.com` is public, everything else is this machine."""
    if host == "example.com":
        return [PUBLIC]
    return ["127.0.0.1"] if any(one.isalpha() for one in host) and ":" not in host else resolved(host, port)


@pytest.mark.parametrize("url", FORMS)
def test_a_forbidden_address_is_called_in_none_of_its_forms(url: str):
    with connections(stopped=True) as heard, pytest.raises(Undeliverable):
        Guarded(resolve=names).post(url, {}, b"")
    assert heard == []


def test_there_are_enough_forms():
    assert len(set(FORMS)) >= 60


@pytest.mark.parametrize(
    "answer", [["127.0.0.1"], ["10.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1", PUBLIC], ["::ffff:7f00:1"], ["fe80::1"]]
)
def test_a_name_of_which_any_address_is_forbidden_is_not_called(answer: list[str]):
    with connections(stopped=True) as heard, pytest.raises(Undeliverable, match="not on the public network"):
        Guarded(resolve=lambda host, port: answer).post("https://hooks.example.com/", {}, b"")
    assert heard == []


def test_a_resolver_that_changes_its_mind_is_asked_once():
    answers = [["127.0.0.1"], [PUBLIC]]
    with connections(stopped=True) as heard, pytest.raises(Unreachable):
        Guarded(resolve=lambda host, port: answers.pop()).post("https://hooks.example.com/", {}, b"")
    assert heard == [(PUBLIC, 443)]
    assert answers == [["127.0.0.1"]]


def test_a_redirect_is_not_followed():
    with receiver() as first, receiver() as second:
        first.status, first.location = 302, f"http://{HOST}:{second.port}/"
        with pytest.raises(Undeliverable, match="redirect"):
            Guarded(loopback=True).post(f"http://{HOST}:{first.port}/", {}, b"{}")
        assert (first.requests, second.requests) == (1, 0)


def test_the_name_stands_in_tls_and_in_the_head_and_the_connection_goes_to_the_checked_address(tmp_path: Path):
    pair = certificate(tmp_path, "hooks.example.com")
    trust = ssl.create_default_context(cafile=str(pair[0]))
    with receiver(pair) as found, connections() as heard:
        way = Guarded(loopback=True, resolve=lambda host, port: [HOST], context=trust)
        assert way.post(f"https://hooks.example.com:{found.port}/in?x=1", {"X-Y": "z"}, b"{}") == 204
        headers, body = found.came.get(timeout=20)
        with pytest.raises(Unreachable, match="TLS"):
            way.post(f"https://other.example.com:{found.port}/in", {}, b"{}")
    assert heard == [(HOST, found.port)] * 2
    assert found.names == ["hooks.example.com", "other.example.com"]
    assert (headers["Host"], headers["X-Y"], body) == (f"hooks.example.com:{found.port}", "z", b"{}")
    assert found.requests == 1


def test_a_certificate_that_nobody_vouches_for_gets_nothing(tmp_path: Path):
    with receiver(certificate(tmp_path)) as found:
        with pytest.raises(Unreachable, match="TLS"):
            Guarded(loopback=True).post(f"https://{HOST}:{found.port}/", {}, b"{}")
        assert found.requests == 0


def test_loopback_lets_through_this_machine_alone():
    for url in ("https://10.0.0.1/", "https://169.254.169.254/", f"http://{PUBLIC}/", "http://[::ffff:7f00:1]/"):
        with connections(stopped=True) as heard, pytest.raises(Undeliverable):
            Guarded(loopback=True).post(url, {}, b"")
        assert heard == []


@pytest.mark.parametrize("value", ["a\r\nX: y", "ä", "\x00"])
def test_no_field_breaks_out_of_its_line(value: str):
    with receiver() as found:
        with pytest.raises(Undeliverable):
            Guarded(loopback=True).post(f"http://{HOST}:{found.port}/", {"X-Y": value}, b"")
        assert found.requests == 0


def test_what_does_not_answer_or_never_ends_is_let_go(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(guarded, "SECONDS", 0.2)
    with socket.create_server((HOST, 0)) as ear, pytest.raises(Unreachable, match="does not answer"):
        Guarded(loopback=True).post(f"http://{HOST}:{ear.getsockname()[1]}/", {}, b"")
    with pytest.raises(Unreachable):
        Guarded(loopback=True).post(f"http://{HOST}:{free_port()}/", {}, b"")


@pytest.mark.parametrize(
    "answer", [b"x" * 100_000, b"HTTP/1.1 100 Continue\r\n\r\n" * 10_000, b"", b"HTTP/1.1 999 No\r\n"]
)
def test_an_answer_that_is_none_is_read_no_further(answer: bytes):
    with socket.create_server((HOST, 0)) as ear:

        def serve() -> None:
            link, _ = ear.accept()
            with link:
                link.recv(4096)
                try:
                    link.sendall(answer)
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(Unreachable):
            Guarded(loopback=True).post(f"http://{HOST}:{ear.getsockname()[1]}/", {}, b"")
        thread.join(20)
        assert not thread.is_alive()


@given(st.ip_addresses(v=4))
def test_of_ipv4_only_what_is_given_out_is_public(address: ipaddress.IPv4Address):
    if is_public(address):
        assert address.is_global
        assert not any((address.is_multicast, address.is_private, address.is_reserved, address.is_link_local))


@given(st.ip_addresses(v=4))
def test_no_way_of_carrying_an_ipv4_address_in_ipv6_is_public(address: ipaddress.IPv4Address):
    raw = int(address)
    for prefix in ("::", "::ffff:0:0", "::ffff:0:0:0", "64:ff9b::", "64:ff9b:1::"):
        assert not is_public(ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + raw))
    assert not is_public(ipaddress.IPv6Address((0x2002 << 112) + (raw << 80)))


def test_public_ones_are():
    for one in (PUBLIC, "1.1.1.1", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"):
        assert is_public(ipaddress.ip_address(one))
