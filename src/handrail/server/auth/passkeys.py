"""Passkeys (WebAuthn): people add them while signed in, and sign in with them alone. Everything here blocks.

A challenge is no row anywhere until it is answered rightly: it carries its own end and a keyed hash, so that whoever
asks for challenges without answering them writes nothing. Once answered it is noted as spent.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_client_data_json
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorAssertionResponse,
    AuthenticatorAttestationResponse,
    RegistrationCredential,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from ...clock import MINUTE
from ...directory.commands import NoteAccount
from ...embedded import Database, Embedded
from ...engine import roster
from ...errors import InvalidValue, NotFound, NotReady, Unauthenticated
from ...ids import mint
from ...store.vault import Passkey, Token
from ...view.escape import visible
from ...wire.refusals import NotRecent
from .accounts import Accounts, Use
from .callers import Caller, SignedIn

CHALLENGED: Final = 5 * MINUTE
RECENT: Final = 15 * MINUTE
"""How long after signing in somebody may add a passkey."""
MOST: Final = 20
"""Passkeys of one person."""
NAME_LENGTH: Final = 60
CREDENTIAL_LENGTH: Final = 1_400
PART_LENGTH: Final = 24_000
"""Characters of a credential's id, and of each other part of what a browser says, as base64url."""
KINDS: Final = (
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
)
SIGN_IN: Final = b"sign in"
_NONCE, _TIME, _MAC = 16, 8, 32
_WRONG: Final = "this passkey does not let you in: try again, or sign in with your password"
Options = dict[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Made:
    """What a browser says of a passkey that it has just made."""

    credential: bytes
    client_data: bytes
    attestation: bytes


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a browser says once somebody has used a passkey."""

    credential: bytes
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    user_handle: bytes


class Passkeys:
    """The passkeys of everybody on one database, for browsers that find the server at `origin`. Safe for threads."""

    def __init__(self, accounts: Accounts, database: Database, origin: str) -> None:
        self._accounts: Final = accounts
        self._database: Final = database
        self._origin: Final = origin
        self._site: Final = urlsplit(origin).hostname or ""

    @property
    def possible(self) -> bool:
        """Whether browsers make passkeys for this origin: it needs a name, and TLS unless it is this machine's."""
        try:
            ipaddress.ip_address(self._site)
        except ValueError:
            return self._origin.startswith("https://") or self._site == "localhost"
        return False

    def _require_possible(self) -> None:
        if not self.possible:
            raise NotReady(
                f"browsers make no passkey for {self._origin}: reach the server by a name over https, or at localhost"
            )

    @property
    def _now(self) -> int:
        return self._database.clock.now()

    def _keyed(self, text: bytes) -> bytes:
        return hmac.digest(self._database.process.store.secret, text, "sha256")

    # To add, list and remove one's own.

    def offer(self, caller: Caller) -> Options:
        """What a browser needs to make a passkey for the caller. Raises `NotReady`, `NotRecent`."""
        self._require_ready(caller)
        directory = self._accounts.directory(caller.tenant)
        profile = roster.profile(directory, caller.principal.id)
        handle = str(profile.get("handle", "")).removeprefix("user:")
        user = {
            "id": _text(self._user_handle(caller.tenant, caller.principal.id)), "name": handle,
            "displayName": str(profile.get("name") or handle),
        }  # fmt: skip
        known = [{"type": "public-key", "id": _text(one.credential)} for one in self._of(caller)]
        return {
            "rp": {"id": self._site, "name": "Handrail"}, "user": user,
            "challenge": _text(self._challenge(_adding(caller))),
            "pubKeyCredParams": [{"type": "public-key", "alg": int(kind)} for kind in KINDS],
            "timeout": CHALLENGED // 1000, "excludeCredentials": known, "attestation": "none",
            "authenticatorSelection": {
                "residentKey": "required", "requireResidentKey": True, "userVerification": "required",
            },
        }  # fmt: skip

    def add(self, caller: Caller, backend: Embedded, made: Made, name: str) -> Passkey:
        """Keep a passkey of the caller. Raises `InvalidValue`, `NotReady`, `NotRecent`."""
        self._require_ready(caller)
        challenge = self._require_ours(made.client_data, _adding(caller), _refused)
        found = _whatever(lambda: self._registered(made, challenge), _refused)
        if found.credential_id != made.credential:
            raise _refused()
        me, now = caller.principal.id, self._now
        key = (found.credential_public_key, found.sign_count)
        passkey = Passkey(found.credential_id, mint("pky"), caller.tenant, me, *key, name, now, now)
        with self._database.process.store.vault(write=True) as vault:
            if not vault.spend(self._spent(challenge)):
                raise _refused()
            if vault.passkey(passkey.credential) is not None:
                raise NotReady("this passkey is known already: list yours, and remove the old one first")
        backend.call(me, NoteAccount("passkey_added", passkey.id))
        with self._database.process.store.vault(write=True) as vault:
            vault.put_passkey(passkey)
        return passkey

    def _registered(self, made: Made, challenge: bytes) -> VerifiedRegistration:
        return verify_registration_response(
            credential=RegistrationCredential(
                _text(made.credential), made.credential,
                AuthenticatorAttestationResponse(made.client_data, made.attestation),
            ),
            expected_challenge=challenge, expected_rp_id=self._site, expected_origin=self._origin,
            require_user_verification=True, supported_pub_key_algs=list(KINDS),
        )  # fmt: skip

    def _require_ready(self, caller: Caller) -> None:
        self._require_possible()
        if self._accounts.directory(caller.tenant).solo:
            raise NotReady("in solo mode nobody signs in: add people first, with `handrail people add`")
        if caller.session is None or self._now - caller.session.since > RECENT:
            raise NotRecent("you signed in a while ago: sign in again, then add the passkey")
        if len(self._of(caller)) >= MOST:
            raise NotReady(f"you have {MOST} passkeys: remove one that you do not use first")

    def of(self, caller: Caller) -> list[Passkey]:
        """The caller's passkeys, the oldest first."""
        return self._of(caller)

    def _of(self, caller: Caller) -> list[Passkey]:
        with self._database.process.store.vault() as vault:
            return vault.passkeys(caller.tenant, caller.principal.id)

    def remove(self, caller: Caller, backend: Embedded, id_: str) -> None:
        """Forget a passkey of the caller, and end the sessions that it began. Raises `NotFound`."""
        me = caller.principal.id
        if all(one.id != id_ for one in self._of(caller)):
            raise NotFound(f"nothing has the id {id_[:40]!a} here")
        backend.call(me, NoteAccount("passkey_removed", id_))
        with self._database.process.store.vault(write=True) as vault:
            vault.drop_passkey(caller.tenant, me, id_)
        self._accounts.end_sessions_of(caller.tenant, me, id_)

    # To sign in.

    def ask(self) -> Options:
        """What a browser needs to let somebody use a passkey. Raises `NotReady`."""
        self._require_possible()
        return {
            "challenge": _text(self._challenge(SIGN_IN)), "rpId": self._site, "timeout": CHALLENGED // 1000,
            "userVerification": "required", "allowCredentials": [],
        }  # fmt: skip

    def sign_in(self, given: Assertion, use: Use = "browser") -> SignedIn:
        """A session for who has used their passkey. Raises `NotReady`, and `Unauthenticated` alike whatever is wrong.

        There is nothing to guess, so that nobody is slowed down: one who fails would lock out those beside them.
        """
        self._require_possible()
        passkey = self._used(given)
        return self._accounts.admit_by_passkey(passkey.tenant, passkey.person, passkey.id, use)

    def _used(self, given: Assertion) -> Passkey:
        challenge = self._require_ours(given.client_data, SIGN_IN, _wrong)
        with self._database.process.store.vault() as vault:
            passkey = vault.passkey(given.credential)
        if passkey is None or not hmac.compare_digest(
            given.user_handle, self._user_handle(passkey.tenant, passkey.person)
        ):
            raise _wrong()
        found = _whatever(lambda: self._asserted(given, passkey, challenge), _wrong)
        with self._database.process.store.vault(write=True) as vault:
            vault.sweep(self._now)
            if not vault.spend(self._spent(challenge)):
                raise _wrong()
            if not vault.use_passkey(passkey, found.new_sign_count, self._now):
                raise _wrong()
        return passkey

    def _asserted(self, given: Assertion, passkey: Passkey, challenge: bytes) -> VerifiedAuthentication:
        return verify_authentication_response(
            credential=AuthenticationCredential(
                _text(given.credential), given.credential,
                AuthenticatorAssertionResponse(
                    given.client_data, given.authenticator_data, given.signature, given.user_handle
                ),
            ),
            expected_challenge=challenge, expected_rp_id=self._site, expected_origin=self._origin,
            credential_public_key=passkey.public_key, credential_current_sign_count=passkey.counter,
            require_user_verification=True,
        )  # fmt: skip

    # Challenges.

    def _challenge(self, purpose: bytes) -> bytes:
        body = secrets.token_bytes(_NONCE) + (self._now + CHALLENGED).to_bytes(_TIME, "big")
        return body + self._seal(purpose, body)

    def _seal(self, purpose: bytes, body: bytes) -> bytes:
        return self._keyed(b"passkey challenge\0" + body + purpose)

    def _require_ours(self, client_data: bytes, purpose: bytes, error: Callable[[], Exception]) -> bytes:
        """The challenge that was answered, if this server gave it for that purpose, and not too long ago."""
        challenge = _whatever(lambda: parse_client_data_json(client_data).challenge, error)
        body, seal = challenge[:-_MAC], challenge[-_MAC:]
        if len(body) != _NONCE + _TIME or not hmac.compare_digest(seal, self._seal(purpose, body)):
            raise error()
        if int.from_bytes(body[_NONCE:], "big") <= self._now:
            raise error()
        return challenge

    def _spent(self, challenge: bytes) -> Token:
        until = int.from_bytes(challenge[_NONCE : _NONCE + _TIME], "big")
        return Token(hashlib.sha256(challenge).digest(), "challenge", "", "", self._now, self._now, until, "none")

    def _user_handle(self, tenant: str, who: str) -> bytes:
        """What devices keep as the owner of a passkey: it tells nothing about them."""
        return self._keyed(b"passkey owner\0" + f"{tenant}\0{who}".encode())


def _adding(caller: Caller) -> bytes:
    """The purpose of a challenge for a new passkey: this person's, in this session."""
    assert caller.session is not None
    return f"add\0{caller.tenant}\0{caller.principal.id}\0{caller.session.csrf}".encode()


def _whatever(what: Callable[[], T], error: Callable[[], Exception]) -> T:
    """What a reader of hostile bytes gives; whatever it stumbles over is one refusal."""
    try:
        return what()
    except Exception as found:
        raise error() from found


def _wrong() -> Unauthenticated:
    return Unauthenticated(_WRONG)


def _refused() -> InvalidValue:
    return InvalidValue("this is no passkey that was asked for here: try again")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def described(one: Passkey) -> Mapping[str, Any]:
    """A passkey as its owner sees it."""
    return {
        "id": one.id,
        "name": visible(one.name),
        "born": one.born,
        "seen": one.seen if one.seen > one.born else None,
    }
