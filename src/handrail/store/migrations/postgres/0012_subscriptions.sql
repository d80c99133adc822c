-- Browsers that show people pushes: each by the SHA-256 of its address at a push service.
CREATE TABLE subscriptions (
    digest   BYTEA PRIMARY KEY,
    id       TEXT COLLATE "C" NOT NULL,
    tenant   TEXT COLLATE "C" NOT NULL,
    person   TEXT COLLATE "C" NOT NULL,
    endpoint TEXT NOT NULL,
    key      BYTEA NOT NULL,
    secret   BYTEA NOT NULL,
    name     TEXT NOT NULL,
    born     BIGINT NOT NULL
);
CREATE INDEX subscriptions_person ON subscriptions (tenant, person);
