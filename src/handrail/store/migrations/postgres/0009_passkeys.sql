-- The public halves of people's passkeys, by the id of their credential. `counter` is the device's own count of uses.
CREATE TABLE passkeys (
    credential BYTEA PRIMARY KEY,
    id         TEXT COLLATE "C" NOT NULL,
    tenant     TEXT COLLATE "C" NOT NULL,
    person     TEXT COLLATE "C" NOT NULL,
    public_key BYTEA NOT NULL,
    counter    BIGINT NOT NULL,
    name       TEXT NOT NULL,
    born       BIGINT NOT NULL,
    seen       BIGINT NOT NULL
);
CREATE INDEX passkeys_person ON passkeys (tenant, person);
