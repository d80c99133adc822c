-- The first schema, as SQLite's is after its migrations. Ids are compared by their bytes; arguments and states are
-- canonical text; times are µs since the epoch.

CREATE TABLE meta (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL
);

-- One head per tenant, and the lock of its one writer: who writes locks the row first. `origin` is empty until there is
-- a first entry.
CREATE TABLE heads (
    tenant    TEXT COLLATE "C" PRIMARY KEY,
    origin    TEXT NOT NULL,
    size      BIGINT NOT NULL,
    frontier  BYTEA NOT NULL,
    at        BIGINT NOT NULL,
    directory BIGINT NOT NULL
) WITH (fillfactor = 10);

-- The present state of every life. `parent` is an action's run or a review's action; `rank` sorts what waits.
CREATE TABLE streams (
    tenant TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    kind   TEXT NOT NULL,
    status TEXT NOT NULL,
    rev    BIGINT NOT NULL,
    state  TEXT NOT NULL,
    parent TEXT COLLATE "C",
    rank   BIGINT NOT NULL,
    born   BIGINT NOT NULL,
    due_at BIGINT,
    lease  BIGINT,
    PRIMARY KEY (tenant, id)
) WITH (fillfactor = 70);
CREATE INDEX streams_due ON streams (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX streams_open ON streams (tenant, rank DESC, born, id) WHERE kind = 'review' AND status IN ('open', 'claimed');
CREATE INDEX streams_born ON streams (tenant, kind, born DESC, id);
CREATE INDEX streams_waiting ON streams (tenant, parent) WHERE kind = 'action' AND status IN ('held', 'unknown');

-- How many actions of one agent, and of one owner's agents, wait for people: asked before each further one.
CREATE INDEX streams_held_agent ON streams (tenant, (state::json ->> 'agent')) WHERE kind = 'action' AND status = 'held';
CREATE INDEX streams_held_owner ON streams (tenant, (state::json ->> 'owner')) WHERE kind = 'action' AND status = 'held';

-- What the inbox reads: reviews that ended, the past of an action's name, the steps of a run; each newest first.
CREATE INDEX streams_ended ON streams (tenant, born DESC, id)
    WHERE kind = 'review' AND status NOT IN ('open', 'claimed');
CREATE INDEX streams_named ON streams (tenant, (state::json ->> 'name'), born DESC)
    WHERE kind = 'action' AND status <> 'held' AND state::json ->> 'asked' IS NOT NULL;
CREATE INDEX streams_run ON streams (tenant, parent, born DESC, id) WHERE kind = 'action' AND parent IS NOT NULL;

-- What workers may take: actions that wait to be executed by anybody (rank 1), or for the answer of their probe (rank 2).
CREATE INDEX streams_offered ON streams (
    tenant, rank, (state::json ->> 'name'), (state::json ->> 'schema'), (state::json ->> 'agent'), born, id
) WHERE kind = 'action' AND rank > 0;

CREATE TABLE entries (
    tenant TEXT COLLATE "C" NOT NULL,
    i      BIGINT NOT NULL,
    sub    TEXT COLLATE "C" NOT NULL,
    rev    BIGINT NOT NULL,
    entry  BYTEA NOT NULL,
    leaf   BYTEA NOT NULL,
    PRIMARY KEY (tenant, i),
    UNIQUE (tenant, sub, rev)
);

CREATE TABLE disclosures (
    tenant TEXT COLLATE "C" NOT NULL,
    i      BIGINT NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    text   TEXT NOT NULL,
    PRIMARY KEY (tenant, i, name)
);

CREATE TABLE revisions (
    tenant TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    number BIGINT NOT NULL,
    bind   TEXT NOT NULL,
    args   TEXT NOT NULL,
    salt   BYTEA NOT NULL,
    PRIMARY KEY (tenant, action, number)
);

-- Which call leads to which action; `mac` is the keyed hash of the name and arguments.
CREATE TABLE calls (
    tenant TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    mac    BYTEA NOT NULL,
    PRIMARY KEY (tenant, key)
);

-- The first answer to each command; `mac` is the keyed hash of its content. The oldest are dropped.
CREATE TABLE commands (
    tenant TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    mac    BYTEA NOT NULL,
    answer TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);
CREATE INDEX commands_at ON commands (tenant, at);

CREATE TABLE blobs (
    tenant TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (tenant, digest)
);

CREATE TABLE cursors (
    tenant   TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);

-- What proves who somebody is. Only hashes are kept, none of it is in the log, and rows go when they end.

CREATE TABLE tokens (
    digest  BYTEA PRIMARY KEY,
    kind    TEXT NOT NULL,
    tenant  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    born    BIGINT NOT NULL,
    seen    BIGINT NOT NULL,
    until   BIGINT,
    auth    TEXT NOT NULL
);
CREATE INDEX tokens_subject ON tokens (tenant, subject, kind);

CREATE TABLE passwords (
    tenant TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    hash   TEXT NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (tenant, person)
);

-- What is in the log stays in the log, whoever is connected.
CREATE FUNCTION entries_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries are never changed or deleted';
END $$;
CREATE TRIGGER entries_stay BEFORE UPDATE OR DELETE ON entries FOR EACH ROW EXECUTE FUNCTION entries_stay();
CREATE TRIGGER entries_whole BEFORE TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION entries_stay();
