-- Browsers that show people pushes: each by the SHA-256 of its address at a push service.
CREATE TABLE subscriptions (
    digest   BLOB PRIMARY KEY,
    id       TEXT NOT NULL,
    tenant   TEXT NOT NULL,
    person   TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    key      BLOB NOT NULL,
    secret   BLOB NOT NULL,
    name     TEXT NOT NULL,
    born     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX subscriptions_person ON subscriptions (tenant, person);
