"""Lets agents and people in: by key, by password, by session, by invitation, by link. Everything here blocks."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from ...clock import DAY, HOUR, MINUTE
from ...directory.commands import NoteAccount
from ...directory.model import Directory, Person
from ...embedded import Database, Embedded
from ...engine.request import DEFAULT_TENANT
from ...errors import Unauthenticated
from ...principal import Auth, Principal, agent, person
from ...store.vault import Token
from . import tokens
from .brake import Brake
from .callers import Caller, Session, SignedIn
from .passwords import Passwords, require_strong

Use = Literal["browser", "terminal"]
IDLE: Final[Mapping[Use, int | None]] = {"browser": 30 * MINUTE, "terminal": None}
ABSOLUTE: Final = 12 * HOUR
INVITED: Final = 3 * DAY
LINKED: Final = 10 * MINUTE
SEEN: Final = MINUTE
"""How often the last use of a key or session is written down, at most."""
_AUTHS: Final = frozenset(get_args(Auth))


@dataclass(frozen=True, slots=True)
class _Kept:
    """What a session's row says beside its times: for what it is used, how its person signed in, by which passkey."""

    use: Use
    auth: Auth
    passkey: str | None = None

    @classmethod
    def read(cls, text: str) -> _Kept:
        use, auth, *passkey = text.split(" ")
        assert auth in _AUTHS
        return cls("terminal" if use == "terminal" else "browser", auth, *passkey)  # type: ignore[arg-type]

    def text(self) -> str:
        return " ".join(filter(None, (self.use, self.auth, self.passkey)))


class Accounts:
    """Who may come in, on one database. Safe for threads."""

    def __init__(self, database: Database, passwords: Passwords | None = None) -> None:
        self._database: Final = database
        self._passwords: Final = passwords or Passwords()
        self._brake: Final = Brake(database.clock)
        self._readers: dict[str, Embedded] = {}
        self._keys: dict[bytes, Token] = {}

    def directory(self, tenant: str) -> Directory:
        """Everybody present in a tenant."""
        found = self._readers.get(tenant)
        if found is None:
            found = self._readers[tenant] = Embedded(self._database, _nobody, tenant)
        return found.archive.directory()

    @property
    def _now(self) -> int:
        return self._database.clock.now()

    # Agents.

    def by_key(self, text: str, *, used: bool = True) -> Caller:
        """The agent whose key it is. Raises `Unauthenticated` for a key that is unknown, ended or removed."""
        found = tokens.digest("key", text)
        token = self._key(found) if found else None
        if token is None:
            raise Unauthenticated("this key is not known here: check that it was copied whole, or ask for a new one")
        directory = self.directory(token.tenant)
        key = directory.keys.get(token.subject)
        owner = directory.agents.get(key.agent) if key else None
        if key is None or owner is None or not key.opens(self._now):
            raise Unauthenticated("this key has ended: ask an administrator for a new one")
        if used:
            self._seen(token)
        scopes = frozenset(key.scopes)
        principal = agent(key.agent, owner.owner, "apikey", executes="execute" in scopes)
        return Caller(token.tenant, principal, scopes=scopes, key=key.id)

    def _key(self, digest: bytes) -> Token | None:
        """The row of a key; its row never changes but for its last use, so that it is read once."""
        found = self._keys.get(digest) or self._token(digest)
        if found is None or found.kind != "key":
            return None
        self._keys[digest] = found
        return found

    def _token(self, digest: bytes) -> Token | None:
        with self._database.process.store.vault() as vault:
            return vault.token(digest)

    def _seen(self, token: Token) -> None:
        if self._now - token.seen < SEEN:
            return
        with self._database.process.store.vault(write=True) as vault:
            vault.touch(token.digest, self._now)
        if token.kind == "key":
            self._keys[token.digest] = token._replace(seen=self._now)

    def last_use(self, tenant: str, key: str) -> int | None:
        """When a key was last used (µs, to the minute), or `None`."""
        with self._database.process.store.vault() as vault:
            rows = vault.tokens(tenant, key, "key")
        return next((row.seen for row in rows if row.seen > row.born), None)

    def keep_key(self, tenant: str, key: str) -> str:
        """A new secret for a key, which it opens once the directory knows the key."""
        text = tokens.mint("key")
        self._put(text, "key", tenant, key, None, "apikey")
        return text

    def forget_key(self, tenant: str, key: str) -> None:
        """Forget a key's secret."""
        with self._database.process.store.vault(write=True) as vault:
            vault.drop_all(tenant, key, "key")

    def _put(self, text: str, kind: tokens.Kind, tenant: str, subject: str, until: int | None, auth: str) -> None:
        digest = tokens.digest(kind, text)
        assert digest is not None
        now = self._now
        with self._database.process.store.vault(write=True) as vault:
            vault.sweep(now)
            vault.put_token(Token(digest, kind, tenant, subject, now, now, until, auth))

    # People.

    def sign_in(self, name: str, password: str, address: str, *, use: Use = "browser") -> SignedIn:
        """A session for somebody with their handle (`ann`, or `acme/ann` in the tenant acme) and password.

        Raises `Unauthenticated` alike for an unknown handle and a wrong password, `TooMany` after several failures.
        """
        tenant, handle = _split(name)
        keys = (f"handle {tenant}/{handle}", f"address {address}")
        self._brake.check(keys)
        directory = self.directory(tenant)
        who = directory.resolve(f"user:{handle}")
        with self._database.process.store.vault() as vault:
            kept = vault.password(tenant, who) if who else None
        if not self._passwords.matches(kept, password) or who is None or kept is None:
            self._brake.failed(keys)
            raise Unauthenticated("the handle or the password is wrong")
        self._brake.succeeded(keys[0])
        if self._passwords.outdated(kept):
            self._keep_password(tenant, who, password)
        return self._admit(tenant, who, _Kept(use, "session"))

    def by_session(self, text: str, *, used: bool = True) -> Caller:
        """The person whose session it is. Raises `Unauthenticated` once it ended, or they are gone."""
        digest = tokens.digest("session", text)
        token = self._token(digest) if digest else None
        if token is None or token.kind != "session" or token.until is None:
            raise Unauthenticated("you are not signed in, or your session has ended: sign in again")
        kept = _Kept.read(token.auth)
        idle = IDLE[kept.use]
        if self._now >= token.until or (idle is not None and self._now - token.seen >= idle):
            raise Unauthenticated("your session has ended: sign in again")
        who = self.directory(token.tenant).people.get(token.subject)
        if who is None:
            raise Unauthenticated("you are not in the directory any more")
        if used:
            self._seen(token)
        return self._caller(token, who, kept)

    def _caller(self, token: Token, who: Person, kept: _Kept) -> Caller:
        assert token.until is not None
        csrf = hmac.digest(self._database.process.store.secret, b"csrf " + token.digest, "sha256").hex()
        principal = person(who.id, kept.auth)
        return Caller(token.tenant, principal, who.permissions, session=Session(csrf, token.until, token.born))

    def _admit(self, tenant: str, who: str, kept: _Kept) -> SignedIn:
        text = tokens.mint("session")
        self._put(text, "session", tenant, who, self._now + ABSOLUTE, kept.text())
        return SignedIn(text, self.by_session(text))

    def sign_out(self, text: str) -> None:
        """End a session; one that is unknown is as good as ended."""
        digest = tokens.digest("session", text)
        if digest is not None:
            with self._database.process.store.vault(write=True) as vault:
                vault.drop(digest)

    def admit_by_passkey(self, tenant: str, who: str, passkey: str, use: Use) -> SignedIn:
        """A session for somebody whose passkey was verified. Raises `Unauthenticated` for who is gone."""
        return self._admit(tenant, who, _Kept(use, "webauthn", passkey))

    def end_sessions_of(self, tenant: str, who: str, passkey: str) -> None:
        """End the sessions that a passkey of somebody began."""
        with self._database.process.store.vault(write=True) as vault:
            for token in vault.tokens(tenant, who, "session"):
                if _Kept.read(token.auth).passkey == passkey:
                    vault.drop(token.digest)

    def sign_out_everywhere(self, tenant: str, who: str) -> int:
        """End every session of somebody; how many there were."""
        with self._database.process.store.vault(write=True) as vault:
            return vault.drop_all(tenant, who, "session")

    def set_password(self, tenant: str, who: str, password: str) -> None:
        """Give somebody a password, and end their sessions. Raises `WeakPassword`."""
        self._require_strong(tenant, who, password)
        self._keep_password(tenant, who, password)
        self.sign_out_everywhere(tenant, who)

    def _require_strong(self, tenant: str, who: str, password: str) -> None:
        require_strong(password, self._handle(tenant, who))

    def _handle(self, tenant: str, who: str) -> str:
        label = self.directory(tenant).labels.get(who)
        return str(label.get("handle")) if isinstance(label, dict) else who

    def _keep_password(self, tenant: str, who: str, password: str) -> None:
        hashed = self._passwords.hash(password)
        with self._database.process.store.vault(write=True) as vault:
            vault.put_password(tenant, who, hashed, self._now)

    def invite(self, tenant: str, who: str) -> str:
        """A secret with which somebody sets their password, once, within three days; earlier ones end."""
        with self._database.process.store.vault(write=True) as vault:
            vault.drop_all(tenant, who, "invitation")
        text = tokens.mint("invitation")
        self._put(text, "invitation", tenant, who, self._now + INVITED, "link")
        return text

    def invited(self, text: str) -> str:
        """The handle of whoever an invitation is for. Raises `Unauthenticated` for one that was used or has ended."""
        token = self._unused("invitation", text)
        return self._handle(token.tenant, token.subject)

    def accept(self, text: str, password: str, *, use: Use = "browser") -> SignedIn:
        """Set the password that an invitation asks for, and sign in. Raises `Unauthenticated`, `WeakPassword`."""
        token = self._unused("invitation", text)
        self._require_strong(token.tenant, token.subject, password)
        self._use_up(token)
        self._as(token).call(token.subject, NoteAccount("password_set"))
        self.set_password(token.tenant, token.subject, password)
        return self._admit(token.tenant, token.subject, _Kept(use, "session"))

    def _as(self, token: Token) -> Embedded:
        """Commands as the person who came with an invitation."""
        return Embedded(self._database, lambda _: person(token.subject, "link"), token.tenant)

    def link(self, tenant: str, who: str) -> str:
        """A secret that signs somebody in once, within ten minutes. For a demo on one's own machine only."""
        text = tokens.mint("link")
        self._put(text, "link", tenant, who, self._now + LINKED, "link")
        return text

    def linked(self, text: str) -> str:
        """The handle of whoever a link signs in. Raises `Unauthenticated` for one that was used or has ended."""
        token = self._unused("link", text)
        return self._handle(token.tenant, token.subject)

    def use_link(self, text: str) -> SignedIn:
        """Sign in with a link. Raises `Unauthenticated` for one that was used or has ended."""
        token = self._unused("link", text)
        self._use_up(token)
        return self._admit(token.tenant, token.subject, _Kept("browser", "link"))

    def _unused(self, kind: tokens.Kind, text: str) -> Token:
        digest = tokens.digest(kind, text)
        token = self._token(digest) if digest else None
        if token is None or token.kind != kind or (token.until or 0) <= self._now:
            raise Unauthenticated(f"this {kind} was used already or has ended: ask for another one")
        return token

    def _use_up(self, token: Token) -> None:
        """Of two who come with the same secret one is let in."""
        with self._database.process.store.vault(write=True) as vault:
            if not vault.drop(token.digest):
                raise Unauthenticated(f"this {token.kind} was used already: ask for another one")


def _split(name: str) -> tuple[str, str]:
    tenant, separator, handle = name.strip().partition("/")
    if not separator:
        tenant, handle = DEFAULT_TENANT, tenant
    return tenant, handle.removeprefix("user:")


def _nobody(_: Database) -> Principal:
    raise AssertionError("who reads the directory here sends no command")
