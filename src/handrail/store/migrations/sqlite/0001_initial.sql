-- The first schema. `tenant` is in every key from the start; arguments are canonical text; times are µs since the epoch.

CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

-- One head per tenant: the size of the log, the frontier of its Merkle tree, the time of the last entry, and the
-- size at the last change of the directory.
CREATE TABLE heads (
    tenant    TEXT PRIMARY KEY,
    origin    TEXT NOT NULL,
    size      INTEGER NOT NULL,
    frontier  BLOB NOT NULL,
    at        INTEGER NOT NULL,
    directory INTEGER NOT NULL
) WITHOUT ROWID;

-- The present state of every life. `parent` is an action's run or a review's action; `rank` sorts what waits.
CREATE TABLE streams (
    tenant TEXT NOT NULL,
    id     TEXT NOT NULL,
    kind   TEXT NOT NULL,
    status TEXT NOT NULL,
    rev    INTEGER NOT NULL,
    state  TEXT NOT NULL,
    parent TEXT,
    rank   INTEGER NOT NULL,
    born   INTEGER NOT NULL,
    due_at INTEGER,
    lease  INTEGER,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX streams_due ON streams (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX streams_open ON streams (tenant, rank DESC, born, id) WHERE kind = 'review' AND status IN ('open', 'claimed');
CREATE INDEX streams_born ON streams (tenant, kind, born DESC, id);
CREATE INDEX streams_waiting ON streams (tenant, parent) WHERE kind = 'action' AND status IN ('held', 'unknown');
CREATE INDEX streams_members ON streams (tenant, kind, id) WHERE kind IN ('person', 'group', 'agent');

CREATE TABLE entries (
    tenant TEXT NOT NULL,
    i      INTEGER NOT NULL,
    sub    TEXT NOT NULL,
    rev    INTEGER NOT NULL,
    entry  BLOB NOT NULL,
    leaf   BLOB NOT NULL,
    PRIMARY KEY (tenant, i)
);
CREATE UNIQUE INDEX entries_sub ON entries (tenant, sub, rev);

CREATE TABLE disclosures (
    tenant TEXT NOT NULL,
    i      INTEGER NOT NULL,
    name   TEXT NOT NULL,
    digest TEXT NOT NULL,
    text   TEXT NOT NULL,
    PRIMARY KEY (tenant, i, name)
) WITHOUT ROWID;

CREATE TABLE revisions (
    tenant TEXT NOT NULL,
    action TEXT NOT NULL,
    number INTEGER NOT NULL,
    bind   TEXT NOT NULL,
    args   TEXT NOT NULL,
    salt   BLOB NOT NULL,
    PRIMARY KEY (tenant, action, number)
) WITHOUT ROWID;

-- Which call leads to which action; `mac` is the keyed hash of the name and arguments.
CREATE TABLE calls (
    tenant TEXT NOT NULL,
    key    TEXT NOT NULL,
    action TEXT NOT NULL,
    mac    BLOB NOT NULL,
    PRIMARY KEY (tenant, key)
) WITHOUT ROWID;

-- The first answer to each command; `mac` is the keyed hash of its content.
CREATE TABLE commands (
    tenant TEXT NOT NULL,
    id     TEXT NOT NULL,
    mac    BLOB NOT NULL,
    answer TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (tenant, id)
) WITHOUT ROWID;

CREATE TABLE blobs (
    tenant TEXT NOT NULL,
    digest TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, digest)
) WITHOUT ROWID;

CREATE TABLE cursors (
    tenant   TEXT NOT NULL,
    name     TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (tenant, name)
) WITHOUT ROWID;

-- What is in the log stays in the log.
CREATE TRIGGER entries_stay BEFORE DELETE ON entries BEGIN SELECT raise(ABORT, 'entries are never deleted'); END;
CREATE TRIGGER entries_fixed BEFORE UPDATE ON entries BEGIN SELECT raise(ABORT, 'entries are never changed'); END;
