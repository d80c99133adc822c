"""Where what proves who somebody is, and where their browsers are reached, is kept: beside the log and never in it."""

from typing import NamedTuple, Protocol


class Token(NamedTuple):
    """A random secret by its SHA-256: what it is for, whose it is, and when it was made, last used, and ends (µs).

    `auth` is how its owner proved themselves when it was made.
    """

    digest: bytes
    kind: str
    tenant: str
    subject: str
    born: int
    seen: int
    until: int | None
    auth: str


class Passkey(NamedTuple):
    """The public half of somebody's passkey, found by its credential's id; `id` is what people and the log call it.

    `counter` is how often its device says that it was used, 0 where it does not count; times are µs.
    """

    credential: bytes
    id: str
    tenant: str
    person: str
    public_key: bytes
    counter: int
    name: str
    born: int
    seen: int


class Subscription(NamedTuple):
    """A browser that shows its person pushes: the address at its push service, and the keys that it made for us, by the
    SHA-256 of the address; `id` is what its person calls it by, `born` in µs."""

    digest: bytes
    id: str
    tenant: str
    person: str
    endpoint: str
    key: bytes
    secret: bytes
    name: str
    born: int


class Vault(Protocol):
    """Reads and writes within one transaction."""

    def token(self, digest: bytes) -> Token | None:
        """A token by its hash."""

    def tokens(self, tenant: str, subject: str, kind: str) -> list[Token]:
        """Somebody's tokens of a kind."""

    def password(self, tenant: str, person: str) -> str | None:
        """The hash of somebody's password."""

    def put_token(self, token: Token) -> None:
        """Keep a token."""

    def touch(self, digest: bytes, seen: int) -> None:
        """Say when a token was last used."""

    def drop(self, digest: bytes) -> bool:
        """Forget a token; whether it was still there."""

    def drop_all(self, tenant: str, subject: str, kind: str) -> int:
        """Forget all of somebody's tokens of a kind; how many there were."""

    def put_password(self, tenant: str, person: str, hashed: str, at: int) -> None:
        """Keep a password's hash in place of an earlier one."""

    def spend(self, token: Token) -> bool:
        """Keep a token that may come once; whether it is the first time."""

    def passkey(self, credential: bytes) -> Passkey | None:
        """A passkey by its credential."""

    def passkeys(self, tenant: str, person: str) -> list[Passkey]:
        """Somebody's passkeys, the oldest first."""

    def put_passkey(self, passkey: Passkey) -> None:
        """Keep a passkey."""

    def use_passkey(self, passkey: Passkey, counter: int, seen: int) -> bool:
        """Note a use; `False` where the passkey is gone, or was used since it was read."""

    def drop_passkey(self, tenant: str, person: str, id_: str) -> bool:
        """Forget a passkey; whether it was still there."""

    def subscriptions(self, tenant: str, person: str) -> list[Subscription]:
        """Somebody's subscribed browsers, the oldest first."""

    def put_subscription(self, subscription: Subscription) -> None:
        """Keep a subscription; a browser whose person is another one now is theirs."""

    def drop_subscription(self, tenant: str, person: str, id_: str) -> bool:
        """Forget a subscription; whether it was still there."""

    def sweep(self, now: int) -> None:
        """Forget what has ended."""
