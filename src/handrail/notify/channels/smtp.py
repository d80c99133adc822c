"""Plain-text mail through a server of the operator's, over TLS."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Final, Literal, get_args

from ...clock import SECOND
from ..channel import Address, Undeliverable, Unreachable
from ..message import Message, lines, title

Security = Literal["starttls", "tls", "none"]
SECURITY: Final[tuple[Security, ...]] = get_args(Security)
TIMEOUT: Final = 10.0
"""Seconds for each answer of the server."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is handed over. "none" sends in the clear, which only a server on this machine should be asked for."""

    host: str
    port: int
    sender: str
    security: Security = "starttls"
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        return f"MailServer({self.host!r}, {self.port})"


class Mail:
    """Hands one mail over at a time, on a connection of its own."""

    def __init__(self, server: MailServer, context: ssl.SSLContext | None = None) -> None:
        self._server: Final = server
        self._context: Final = context or ssl.create_default_context()

    def send(self, message: Message, to: Address) -> None:
        """Hand over a mail. Raises `Unreachable` and `Undeliverable`."""
        if not to.to:
            raise Undeliverable("the person has no mail address: give one with `to:` in people.yaml")
        try:
            mail = self._written(message, to)
        except ValueError:
            raise Undeliverable("the person's mail address cannot stand in a mail: correct it in people.yaml") from None
        try:
            self._handed_over(mail, to.to)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(next(iter(error.recipients.values()))[0], "the address") from None
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, "the mail") from None
        except smtplib.SMTPAuthenticationError:
            raise Unreachable("the mail server does not take the user and password of notify.yaml") from None
        except ssl.SSLError as error:
            raise Unreachable(f"TLS with the mail server fails ({error.reason})") from None
        except (smtplib.SMTPException, OSError) as error:
            raise Unreachable(f"the mail server does not do its part ({type(error).__name__})") from None

    def _handed_over(self, mail: EmailMessage, to: str) -> None:
        server = self._server
        with self._connected() as link:
            if server.security == "starttls":
                link.starttls(context=self._context)
            if server.user:
                link.login(server.user, server.password)
            link.send_message(mail, parseaddr(server.sender)[1], [to])

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        if server.security == "tls":
            return smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT, context=self._context)
        return smtplib.SMTP(server.host, server.port, timeout=TIMEOUT)

    def _written(self, message: Message, to: Address) -> EmailMessage:
        """A mail whose fields are ours and one line each: what could break out of one is refused by the library."""
        mail = EmailMessage()
        domain = parseaddr(self._server.sender)[1].rpartition("@")[2]
        mail["From"], mail["To"] = self._server.sender, to.to
        # What looks like an encoded word would be decoded, to whatever it holds.
        mail["Subject"] = title(message).replace("=?", "= ?")
        mail["Date"] = formatdate(message.at / SECOND, usegmt=True)
        mail["Message-ID"] = f"<{message.id}@{domain}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content("\n\n".join(lines(message, to.zone)) + "\n")
        return mail


def _refused(code: int, what: str) -> Unreachable | Undeliverable:
    """What an answer of the server means: a number from 500 on is for good."""
    said = f"the mail server does not take {what} ({code})"
    return Undeliverable(said) if code >= 500 else Unreachable(said)
