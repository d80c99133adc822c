"""The vault in SQLite: tables beside the log."""

from typing import Any, Final

import apsw

from .vault import Passkey, Subscription, Token

COLUMNS: Final = "digest, kind, tenant, subject, born, seen, until, auth"
TOKEN: Final = f"SELECT {COLUMNS} FROM tokens WHERE digest = ?"
TOKENS: Final = f"SELECT {COLUMNS} FROM tokens WHERE tenant = ? AND subject = ? AND kind = ? ORDER BY born"
PUT_TOKEN: Final = f"INSERT INTO tokens ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
SPEND: Final = f"INSERT OR IGNORE INTO tokens ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
TOUCH: Final = "UPDATE tokens SET seen = max(seen, ?) WHERE digest = ?"
DROP: Final = "DELETE FROM tokens WHERE digest = ?"
DROP_ALL: Final = "DELETE FROM tokens WHERE tenant = ? AND subject = ? AND kind = ?"
SWEEP: Final = "DELETE FROM tokens WHERE until IS NOT NULL AND until <= ?"
PASSKEY_COLUMNS: Final = "credential, id, tenant, person, public_key, counter, name, born, seen"
PASSKEY: Final = f"SELECT {PASSKEY_COLUMNS} FROM passkeys WHERE credential = ?"
PASSKEYS: Final = f"SELECT {PASSKEY_COLUMNS} FROM passkeys WHERE tenant = ? AND person = ? ORDER BY born, id"
PUT_PASSKEY: Final = f"INSERT INTO passkeys ({PASSKEY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
USE_PASSKEY: Final = """
    UPDATE passkeys SET counter = ?, seen = max(seen, ?) WHERE credential = ? AND counter = ?"""
DROP_PASSKEY: Final = "DELETE FROM passkeys WHERE tenant = ? AND person = ? AND id = ?"
SUBSCRIPTION_COLUMNS: Final = "digest, id, tenant, person, endpoint, key, secret, name, born"
SUBSCRIPTIONS: Final = (
    f"SELECT {SUBSCRIPTION_COLUMNS} FROM subscriptions WHERE tenant = ? AND person = ? ORDER BY born, id"
)
PUT_SUBSCRIPTION: Final = f"""
    INSERT OR REPLACE INTO subscriptions ({SUBSCRIPTION_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
DROP_SUBSCRIPTION: Final = "DELETE FROM subscriptions WHERE tenant = ? AND person = ? AND id = ?"
PASSWORD: Final = "SELECT hash FROM passwords WHERE tenant = ? AND person = ?"
PUT_PASSWORD: Final = """
    INSERT INTO passwords (tenant, person, hash, at) VALUES (?, ?, ?, ?)
    ON CONFLICT (tenant, person) DO UPDATE SET hash = excluded.hash, at = excluded.at"""


class SQLiteVault:
    """Reads and writes on a connection in which a transaction is open."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection: Final = connection

    def _all(self, statement: str, *values: Any) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

    def token(self, digest: bytes) -> Token | None:
        rows = self._all(TOKEN, digest)
        return Token(*rows[0]) if rows else None

    def tokens(self, tenant: str, subject: str, kind: str) -> list[Token]:
        return [Token(*row) for row in self._all(TOKENS, tenant, subject, kind)]

    def password(self, tenant: str, person: str) -> str | None:
        rows = self._all(PASSWORD, tenant, person)
        return rows[0][0] if rows else None

    def put_token(self, token: Token) -> None:
        self._all(PUT_TOKEN, *token)

    def touch(self, digest: bytes, seen: int) -> None:
        self._all(TOUCH, seen, digest)

    def drop(self, digest: bytes) -> bool:
        self._all(DROP, digest)
        return self._connection.changes() > 0

    def drop_all(self, tenant: str, subject: str, kind: str) -> int:
        self._all(DROP_ALL, tenant, subject, kind)
        return self._connection.changes()

    def put_password(self, tenant: str, person: str, hashed: str, at: int) -> None:
        self._all(PUT_PASSWORD, tenant, person, hashed, at)

    def spend(self, token: Token) -> bool:
        self._all(SPEND, *token)
        return self._connection.changes() > 0

    def passkey(self, credential: bytes) -> Passkey | None:
        rows = self._all(PASSKEY, credential)
        return Passkey(*rows[0]) if rows else None

    def passkeys(self, tenant: str, person: str) -> list[Passkey]:
        return [Passkey(*row) for row in self._all(PASSKEYS, tenant, person)]

    def put_passkey(self, passkey: Passkey) -> None:
        self._all(PUT_PASSKEY, *passkey)

    def use_passkey(self, passkey: Passkey, counter: int, seen: int) -> bool:
        self._all(USE_PASSKEY, counter, seen, passkey.credential, passkey.counter)
        return self._connection.changes() > 0

    def drop_passkey(self, tenant: str, person: str, id_: str) -> bool:
        self._all(DROP_PASSKEY, tenant, person, id_)
        return self._connection.changes() > 0

    def subscriptions(self, tenant: str, person: str) -> list[Subscription]:
        return [Subscription(*row) for row in self._all(SUBSCRIPTIONS, tenant, person)]

    def put_subscription(self, subscription: Subscription) -> None:
        self._all(PUT_SUBSCRIPTION, *subscription)

    def drop_subscription(self, tenant: str, person: str, id_: str) -> bool:
        self._all(DROP_SUBSCRIPTION, tenant, person, id_)
        return self._connection.changes() > 0

    def sweep(self, now: int) -> None:
        self._all(SWEEP, now)
