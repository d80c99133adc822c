"""The vault in PostgreSQL: tables beside the log."""

from typing import Any, Final

from . import postgres_statements as sql
from .postgres_link import translated
from .postgres_pipeline import Pipeline
from .vault import Passkey, Subscription, Token


class PostgresVault:
    """Reads and writes within a transaction."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline: Final = pipeline

    def _all(self, statement: str, *values: Any) -> list[Any]:
        with translated():
            return self._pipeline.rows(statement, *values)

    def _do(self, statement: str, *values: Any) -> None:
        with translated():
            self._pipeline.send(statement, *values)

    def token(self, digest: bytes) -> Token | None:
        rows = self._all(sql.TOKEN, digest)
        return Token(*rows[0]) if rows else None

    def tokens(self, tenant: str, subject: str, kind: str) -> list[Token]:
        return [Token(*row) for row in self._all(sql.TOKENS, tenant, subject, kind)]

    def password(self, tenant: str, person: str) -> str | None:
        rows = self._all(sql.PASSWORD, tenant, person)
        return rows[0][0] if rows else None

    def put_token(self, token: Token) -> None:
        self._do(sql.PUT_TOKEN, *token)

    def touch(self, digest: bytes, seen: int) -> None:
        self._do(sql.TOUCH, seen, digest)

    def drop(self, digest: bytes) -> bool:
        return bool(self._all(sql.DROP, digest))

    def drop_all(self, tenant: str, subject: str, kind: str) -> int:
        return len(self._all(sql.DROP_ALL, tenant, subject, kind))

    def put_password(self, tenant: str, person: str, hashed: str, at: int) -> None:
        self._do(sql.PUT_PASSWORD, tenant, person, hashed, at)

    def spend(self, token: Token) -> bool:
        return bool(self._all(sql.SPEND, *token))

    def passkey(self, credential: bytes) -> Passkey | None:
        rows = self._all(sql.PASSKEY, credential)
        return Passkey(*rows[0]) if rows else None

    def passkeys(self, tenant: str, person: str) -> list[Passkey]:
        return [Passkey(*row) for row in self._all(sql.PASSKEYS, tenant, person)]

    def put_passkey(self, passkey: Passkey) -> None:
        self._do(sql.PUT_PASSKEY, *passkey)

    def use_passkey(self, passkey: Passkey, counter: int, seen: int) -> bool:
        return bool(self._all(sql.USE_PASSKEY, counter, seen, passkey.credential, passkey.counter))

    def drop_passkey(self, tenant: str, person: str, id_: str) -> bool:
        return bool(self._all(sql.DROP_PASSKEY, tenant, person, id_))

    def subscriptions(self, tenant: str, person: str) -> list[Subscription]:
        return [Subscription(*row) for row in self._all(sql.SUBSCRIPTIONS, tenant, person)]

    def put_subscription(self, subscription: Subscription) -> None:
        self._do(sql.PUT_SUBSCRIPTION, *subscription)

    def drop_subscription(self, tenant: str, person: str, id_: str) -> bool:
        return bool(self._all(sql.DROP_SUBSCRIPTION, tenant, person, id_))

    def sweep(self, now: int) -> None:
        self._do(sql.SWEEP, now)
