"""The page on which the demo shows its mail: plain HTML, on this machine only. Nothing else has it."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from handrail.view.escape import visible

from .mailbox import HOST, Mail, Mailbox

STYLE: Final = """
:root { color-scheme: light dark; --line: light-dark(#d9d6d0, #3a3937); --quiet: light-dark(#5f5b54, #a8a49c) }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem;
  background: light-dark(#faf9f7, #171614); color: light-dark(#1d1c1a, #ecebe8) }
h1 { font-size: 1.375rem; margin: 0 } p { margin: .25rem 0 1rem } ol { list-style: none; margin: 0; padding: 0 }
li { border-top: 1px solid var(--line); padding: .75rem 0; overflow-wrap: anywhere }
h2 { font-size: 1rem; margin: 0 } li p { margin: .25rem 0 0 } .quiet { color: var(--quiet); font-size: .875rem }
a { color: light-dark(#0b57a4, #8ec1ff) } h2 a { display: block; padding: .25rem 0 }
"""
_HASH: Final = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY: Final = f"default-src 'none'; style-src 'sha256-{_HASH}'; frame-ancestors 'none'; base-uri 'none'"
SECONDS: Final = 3
"""Between one look at the mailbox and the next."""
_LINK: Final = re.compile(rf"http://{re.escape(HOST)}:\d{{1,5}}/[\w./~-]*")


@contextmanager
def shown(box: Mailbox) -> Iterator[str]:
    """The page, served from a thread of this process. Gives its URL."""
    server = ThreadingHTTPServer((HOST, 0), type("Page", (_Page,), {"box": box}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="mail page")
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Page(BaseHTTPRequestHandler):
    box: Mailbox

    def do_GET(self) -> None:
        """The page, for a browser on this machine that asks for this machine."""
        name = f"{HOST}:{self.connection.getsockname()[1]}"
        if self.path != "/" or self.headers.get("Host") != name:
            self.send_error(404)
            return
        body = drawn(self.box.mails()).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is said about requests."""


def drawn(mails: list[Mail]) -> str:
    """The page with these mails."""
    said = "".join(map(_mail, mails)) or "<li class=quiet>Nothing yet. The first mail comes within a minute.</li>"
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8><title>Mail of Copper Kettle</title>"
        f'<meta name=viewport content="width=device-width"><meta http-equiv=refresh content={SECONDS}>'
        f"<style>{STYLE}</style></head><body><main><h1>Mail of Copper Kettle</h1>"
        "<p class=quiet>What Handrail has sent to the people of the demo, the newest first. It goes no further than"
        " this machine. A link leads only the person to whom it was sent, once signed in.</p>"
        f"<ol>{said}</ol></main></body></html>"
    )


def _mail(mail: Mail) -> str:
    link = next(filter(_LINK.fullmatch, mail.lines), None)
    subject = _text(mail.subject)
    head = subject if link is None else f'<a href="{escape(link)}">{subject}</a>'
    facts = (f"To {mail.to}", mail.at, *(line for line in mail.lines if line != link))
    return f"<li><h2>{head}</h2><p class=quiet>{' · '.join(map(_text, facts))}</p></li>"


def _text(text: str) -> str:
    return escape(visible(text))
