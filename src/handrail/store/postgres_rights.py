"""What a role of PostgreSQL needs to run servers, workers and agents: of the log only to add to it."""

from typing import Final

from psycopg.sql import SQL, Identifier

from ..errors import UsageError
from .postgres_link import Connection, translated

GRANTS: Final = {
    "SELECT": "meta",
    "SELECT, INSERT": "entries, disclosures, revisions, blobs",
    "SELECT, INSERT, UPDATE": "heads, streams, calls, cursors, consumers",
    "SELECT, INSERT, DELETE": "commands",
    "SELECT, INSERT, UPDATE, DELETE": "tokens, passwords, passkeys, subscriptions, outbox",
}


def grant(connection: Connection, role: str) -> None:
    """Give a role what a running program needs, and nothing by which it could rewrite the log.

    Raises `UsageError` for a role that does not exist, and where the connection's role may not grant.
    """
    to = Identifier(role)
    with translated(), connection.transaction():
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchall():
            raise UsageError(f"there is no role {role!a}: create it first, with LOGIN and without further rights")
        schema_name = connection.execute("SELECT current_schema()").fetchall()[0][0]
        connection.execute(SQL("GRANT USAGE ON SCHEMA {} TO {}").format(Identifier(schema_name), to))
        for rights, tables in GRANTS.items():
            connection.execute(SQL(f"GRANT {rights} ON {tables} TO {{}}").format(to))
