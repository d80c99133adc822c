-- What proves who somebody is. Only hashes are kept, none of it is in the log, and rows go when they end.

-- Random secrets of 256 bits, by their SHA-256: agents' keys, sessions, invitations, sign-in links.
CREATE TABLE tokens (
    digest  BLOB PRIMARY KEY,
    kind    TEXT NOT NULL,
    tenant  TEXT NOT NULL,
    subject TEXT NOT NULL,
    born    INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    until   INTEGER,
    auth    TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX tokens_subject ON tokens (tenant, subject, kind);

-- Passwords, as Argon2id strings.
CREATE TABLE passwords (
    tenant TEXT NOT NULL,
    person TEXT NOT NULL,
    hash   TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, person)
) WITHOUT ROWID;

-- How many actions of one agent, and of one owner's agents, wait for people: asked before each further one.
CREATE INDEX streams_held_agent ON streams (tenant, state ->> '$.agent') WHERE kind = 'action' AND status = 'held';
CREATE INDEX streams_held_owner ON streams (tenant, state ->> '$.owner') WHERE kind = 'action' AND status = 'held';
