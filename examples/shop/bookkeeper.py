"""The shop's bookkeeper: a small HTTP server that files what it is sent, and is too busy now and then.

One paper in five it turns away four times, with 503, and of the others one in three twice; which ones depends on the
paper's name alone.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import httpx2

SECONDS: Final = 10


class Busy(Exception):
    """The bookkeeper turned a paper away, or could not be reached. Nothing was filed."""


def file(url: str, paper: str, text: str) -> str:
    """Have a paper filed under its name, such as `journal/2026-11-20`; the same one again is filed once. Returns the
    receipt. Raises `Busy`."""
    try:
        answer = httpx2.put(f"{url}/{paper}", content=text.encode(), timeout=SECONDS)
    except httpx2.ConnectError as error:
        raise Busy(f"the bookkeeper cannot be reached: {error}") from error
    if answer.status_code == 503:
        raise Busy(answer.json()["error"])
    answer.raise_for_status()
    return str(answer.json()["receipt"])


@contextmanager
def open_for(folder: Path) -> Iterator[str]:
    """The bookkeeper at work in a thread of this process; what is filed goes into the folder. Gives the URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Desk", (_Desk,), {"folder": folder, "calls": Counter()}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="bookkeeper")
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Desk(BaseHTTPRequestHandler):
    folder: Path
    calls: Counter[str]

    def do_PUT(self) -> None:
        """File a paper, or turn it away."""
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        paper = self.path.strip("/")
        self.calls[paper] += 1
        left = patience(paper) - self.calls[paper] + 1
        if left > 0:
            self._answer(503, {"error": f"the desk for {paper} is busy, come again later"})
        elif not all(part.replace("-", "").isalnum() for part in paper.split("/")):
            self._answer(400, {"error": "a paper is named with letters, digits and hyphens"})
        else:
            target = self.folder / f"{paper}.csv"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text)
            self._answer(201, {"receipt": f"B-{hashlib.sha256(text).hexdigest()[:8]}"})

    def _answer(self, status: int, body: dict[str, str]) -> None:
        told = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said about requests."""


def patience(paper: str) -> int:
    """How often a paper is turned away before it is taken."""
    number = int(hashlib.sha256(paper.encode()).hexdigest(), 16)
    return 4 if number % 5 == 0 else 2 if number % 3 == 0 else 0
