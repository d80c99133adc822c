"""A proxy on loopback that passes bytes on, until it is told to cut its connections, to stall them, or to be away."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Final, Literal

Side = Literal["up", "down"]
"""Towards the server, or towards the client."""
CHUNK: Final = 65_536
ANSWERED: Final = b"COMMIT\x00"
"""How a server of PostgreSQL says that a commit is done."""


class Proxy:
    """Between clients and a server. What is told to it holds for every connection, also for later ones."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._ear = socket.create_server(("127.0.0.1", 0))
        self.port: Final[int] = self._ear.getsockname()[1]
        self._lock = threading.Condition()
        self._open: set[_Pair] = set()
        self._away = self._stalled = self._closed = False
        self._left: dict[Side, int] = {}
        self._at_commit = self._leaves = False
        self.cuts = 0
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """End every connection now."""
        with self._lock:
            self._cut()

    def cut_after(self, count: int, side: Side) -> None:
        """End every connection once so many more bytes have gone to that side."""
        with self._lock:
            self._left[side] = count

    def cut_at_commit(self, *, leave: bool = False) -> None:
        """End every connection when the server says that a commit is done, before the client hears it; and perhaps
        every new one from then on."""
        with self._lock:
            self._at_commit, self._leaves = True, leave

    def stall(self) -> None:
        """Take everything, and pass nothing on."""
        with self._lock:
            self._stalled = True

    def leave(self) -> None:
        """End every connection, and every new one at once."""
        with self._lock:
            self._away = True
            self._cut()

    def back(self) -> None:
        """Pass everything on again. What was stalled and not given up meanwhile goes on."""
        with self._lock:
            self._away = self._stalled = self._at_commit = False
            self._left.clear()
            self._lock.notify_all()

    @property
    def connections(self) -> int:
        """How many connections are open."""
        with self._lock:
            return len(self._open)

    def wait_for_cut(self, before: int, seconds: float) -> bool:
        """Wait until there were more cuts than before; whether there were."""
        with self._lock:
            return self._lock.wait_for(lambda: self.cuts > before, seconds)

    def close(self) -> None:
        """End everything, and wait until nothing runs."""
        with self._lock:
            self._closed = True
            self._cut()
            pairs = list(self._open)
        with contextlib.suppress(OSError):
            self._ear.shutdown(socket.SHUT_RDWR)
        self._ear.close()
        self._thread.join()
        for pair in pairs:
            pair.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._ear.accept()
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        with self._lock:
            if self._away or self._closed:
                client.close()
                return
        try:
            server = socket.create_connection(("127.0.0.1", self._target), 5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = _Pair(self, client, server)
        with self._lock:
            self._open.add(pair)
        pair.start()

    def _cut(self) -> None:
        self.cuts += 1
        self._at_commit = False
        self._left.clear()
        for pair in self._open:
            pair.end()
        self._lock.notify_all()

    def admit(self, side: Side, data: bytes) -> tuple[bytes, bool]:
        """What of the data goes on, and whether everything is cut then. Waits while everything is stalled."""
        with self._lock:
            self._lock.wait_for(lambda: not self._stalled or self._closed)
            if self._at_commit and side == "down" and ANSWERED in data:
                self._away = self._leaves
                return b"", True
            left = self._left.get(side)
            if left is None:
                return data, False
            self._left[side] = left - len(data)
            return data[:left], left <= len(data)

    def gone(self, pair: _Pair) -> None:
        """Forget a connection that has ended."""
        with self._lock:
            self._open.discard(pair)


class _Pair:
    """One connection, in two threads."""

    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._threads = [
            threading.Thread(target=self._pass, args=("up", client, server), daemon=True),
            threading.Thread(target=self._pass, args=("down", server, client), daemon=True),
        ]
        self._running = len(self._threads)
        self._lock = threading.Lock()

    def start(self) -> None:
        for one in self._threads:
            one.start()

    def join(self) -> None:
        for one in self._threads:
            one.join()

    def end(self) -> None:
        """Let both sides see the end of the connection."""
        for one in (self._client, self._server):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def _pass(self, side: Side, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for data in _received(source):
                passed, last = self._proxy.admit(side, data)
                target.sendall(passed)
                if last:
                    self._proxy.cut()
        self.end()
        with self._lock:
            self._running -= 1
            last = not self._running
        if last:
            self._client.close()
            self._server.close()
            self._proxy.gone(self)


def _received(source: socket.socket) -> Iterator[bytes]:
    while data := source.recv(CHUNK):
        yield data
