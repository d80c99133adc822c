"""What the doctor says of a server that is not as it should be: a real one that tells other things of itself."""

from __future__ import annotations

import json
import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import handrail
from handrail.clock import SECOND, SystemClock

HOUR = 3600
HANDRAIL = {"info": {"title": "Handrail", "version": handrail.__version__}}


@contextmanager
def telling(late: int, status: str, about: object, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """A server whose clock is `late` seconds behind, with what it says of itself."""

    class Told(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"status": status} if self.path == "/readyz" else about).encode()
            self.send_response(200 if status == "ready" else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def date_time_string(self, timestamp: float | None = None) -> str:
            return super().date_time_string(SystemClock().now() / SECOND - late)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Told)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@pytest.mark.parametrize(
    ("late", "status", "about", "code", "words"),
    [
        (0, "ready", HANDRAIL, 1, "is ready, answered in"),
        (HOUR, "ready", HANDRAIL, 1, "ahead of the server's: times and deadlines are told wrong here"),
        (-HOUR, "ready", HANDRAIL, 1, "behind the server's: times and deadlines are told wrong here"),
        (0, "draining", HANDRAIL, 1, "answers, and is draining"),
        (0, "ready", {"info": {"title": "Handrail", "version": "9.9"}}, 1, f"9.9 there, {handrail.__version__} here"),
        (0, "ready", {"info": {"title": "Diary", "version": "9.9"}}, 2, "nothing here says that it is Handrail"),
        (0, "\x1b[2J", [], 2, "answers, and is ⟨U+001B⟩[2J"),
    ],
)
def test_what_is_amiss_is_named(terminal, late, status, about, code, words):
    with telling(late, status, about) as url:
        ended = terminal("doctor", "--db", url, columns=200)
    assert (ended.code, words in ended.out) == (code, True), ended.out
    assert f"not signed in: handrail login {url}" in ended.out


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes a certificate with openssl")
def test_an_authority_of_ones_own_is_trusted_once_it_is_named(terminal, tmp_path: Path, monkeypatch):
    certificate, key = str(tmp_path / "c.pem"), str(tmp_path / "k.pem")
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -keyout {key} -out {certificate} -days 2 -subj /CN=localhost"
    subprocess.run([*command.split(), "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with telling(0, "ready", HANDRAIL, tls) as url:
        ended = terminal("doctor", "--db", url, columns=300)
        assert (ended.code, f"the certificate of {url} is not trusted here" in ended.out) == (2, True)
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        assert "TLS, with a certificate that is valid here" in terminal("doctor", "--db", url).out
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "nothing.pem"))
        ended = terminal("doctor", "--db", url)
        assert (ended.code, "cannot be used: No such file or directory" in ended.err) == (2, True)
