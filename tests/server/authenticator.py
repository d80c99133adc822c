"""A phone that makes and uses passkeys, as far as a server sees it; each part of what it says can be bent."""

from __future__ import annotations

import hashlib
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def text(raw: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(given: str) -> bytes:
    """And back."""
    return urlsafe_b64decode(given + "=" * (-len(given) % 4))


class Phone:
    """One passkey, for the site that offered it."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.credential = secrets.token_bytes(32)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.counter, self.owner = 0, b""

    def make(self, offer: dict[str, Any], **bent: Any) -> dict[str, str]:
        """The body of `add_passkey`."""
        self.owner = raw(offer["user"]["id"])
        public = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + cbor2.dumps(cose)
        flags = bent.get("flags", PRESENT | VERIFIED) | ATTESTED
        data = self._data(bent.get("site", offer["rp"]["id"]), flags) + attested
        return {
            "name": "My phone",
            "credential": text(self.credential),
            "client_data": text(self._client(bent.get("kind", "webauthn.create"), offer["challenge"], bent)),
            "attestation": text(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
        }

    def use(self, asked: dict[str, Any], **bent: Any) -> dict[str, str]:
        """The body of `sign_in_with_passkey`."""
        self.counter += bent.get("step", 1)
        client = self._client(bent.get("kind", "webauthn.get"), asked["challenge"], bent)
        data = self._data(bent.get("site", asked["rpId"]), bent.get("flags", PRESENT | VERIFIED))
        key = bent.get("key", self.key)
        return {
            "credential": text(bent.get("credential", self.credential)),
            "client_data": text(client),
            "authenticator_data": text(data),
            "signature": text(key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))),
            "user_handle": text(bent.get("owner", self.owner)),
        }

    def _client(self, kind: str, challenge: str, bent: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": bent.get("challenge", challenge), "origin": bent.get("origin", self.origin)}
        return json.dumps(said).encode()

    def _data(self, site: str, flags: int) -> bytes:
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4, "big")
