"""A real mail server on this machine, with a certificate of its own, that keeps what it takes."""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from handrail.clock import SystemClock, to_datetime

HOST: Final = "127.0.0.1"


class Mailbox:
    """The mails that came, and what the server answers to the next commands instead of taking them."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.came: list[str] = []
        self.answers: dict[str, str] = {}
        self.encrypted: list[bool] = []
        self.users: list[str] = []
        self.times: list[int] = []
        self.noted: Callable[[], int] = SystemClock().now
        self.arrived: queue.SimpleQueue[EmailMessage] = queue.SimpleQueue()

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Envelope, address: str, options: Any
    ) -> str:
        """A recipient is named."""
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """A mail is there."""
        if "DATA" in self.answers:
            return self.answers["DATA"]
        found = message_from_bytes(envelope.original_content or b"", policy=default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        self.came += envelope.rcpt_tos
        self.encrypted.append(session.ssl is not None)
        self.times.append(self.noted())
        self.arrived.put(found)
        return "250 OK"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        """Somebody says who they are."""
        assert isinstance(data, LoginPassword)
        self.users.append(data.login.decode())
        return AuthResult(success=data.password == b"secret", handled=False)


def certificate(folder: Path, host: str = HOST) -> tuple[Path, Path]:
    """A certificate for this machine, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mailbox")])
    now = to_datetime(SystemClock().now())
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([_name(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )  # fmt: skip
    return public, private


def _name(host: str) -> x509.GeneralName:
    return x509.IPAddress(ipaddress.ip_address(host)) if host == HOST else x509.DNSName(host)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind((HOST, 0))
        found: int = one.getsockname()[1]
        return found


@contextmanager
def mailbox(
    pair: tuple[Path, Path] | None = None, *, auth: bool = False, box: Mailbox | None = None
) -> Iterator[tuple[Mailbox, int]]:
    """A mail server that runs until the block ends, and its port; with a certificate it offers STARTTLS."""
    box, context = box or Mailbox(), None
    if pair:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*pair)
    running = Controller(
        box, hostname=HOST, port=free_port(), tls_context=context, require_starttls=bool(pair),
        authenticator=box.authenticate if auth else None, auth_required=auth,
    )  # fmt: skip
    running.start()
    try:
        yield box, running.port
    finally:
        running.stop()
