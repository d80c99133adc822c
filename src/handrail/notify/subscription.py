"""What a browser subscribes with, and what it says when it has."""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..errors import InvalidValue

CURVE: Final = ec.SECP256R1()
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ENDPOINT: Final = 2_000
_ENDPOINT: Final = re.compile(r"https://[A-Za-z0-9.-]{1,253}/[!-~]*|http://127\.0\.0\.1:[0-9]{1,5}/[!-~]*", re.ASCII)
"""An address on this machine gets past here, and past the sender only where the operator says so."""


@dataclass(frozen=True, slots=True)
class PushService:
    """Push services may write to `contact`, a mail address of the operator's. `loopback` also lets through a service on
    this machine, which only who tries it out wants."""

    contact: str
    loopback: bool = False


def private_key(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """The server's key, which follows from the database's secret: every server of a database has the same."""
    drawn = b"".join(hmac.digest(secret, b"push key\0" + bytes([part]), "sha256") for part in range(2))
    return ec.derive_private_key(int.from_bytes(drawn) % (ORDER - 1) + 1, CURVE)


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half, as browsers take it: base64url."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return urlsafe_b64encode(point).rstrip(b"=").decode()


def require_subscription(endpoint: str, key: bytes, secret: bytes) -> None:
    """Raise `InvalidValue` for what no browser can have said. Where it leads is looked at when something is sent."""
    if len(endpoint) > ENDPOINT or not _ENDPOINT.fullmatch(endpoint):
        raise InvalidValue(f"endpoint is the https address of a push service, of at most {ENDPOINT:,} characters")
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, key)
    except ValueError:
        raise InvalidValue("key is no public key of a browser") from None
    if len(key) != 65 or len(secret) != 16:
        raise InvalidValue("key has 65 bytes and secret has 16, as browsers make them")
