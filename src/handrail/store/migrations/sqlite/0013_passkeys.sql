-- The public halves of people's passkeys, by the id of their credential. `counter` is the device's own count of uses.
CREATE TABLE passkeys (
    credential BLOB PRIMARY KEY,
    id         TEXT NOT NULL,
    tenant     TEXT NOT NULL,
    person     TEXT NOT NULL,
    public_key BLOB NOT NULL,
    counter    INTEGER NOT NULL,
    name       TEXT NOT NULL,
    born       INTEGER NOT NULL,
    seen       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX passkeys_person ON passkeys (tenant, person);
