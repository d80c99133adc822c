-- What people are to be told, written with the change that causes it. A row without a person is for everybody concerned.
CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant  TEXT NOT NULL,
    sub     TEXT NOT NULL,
    rev     INTEGER NOT NULL,
    what    TEXT NOT NULL,
    level   INTEGER NOT NULL,
    channel TEXT NOT NULL,
    person  TEXT NOT NULL,
    at      INTEGER NOT NULL,
    due_at  INTEGER NOT NULL,
    status  TEXT NOT NULL DEFAULT 'waiting',
    tries   INTEGER NOT NULL DEFAULT 0,
    sent_at INTEGER,
    error   TEXT
);
CREATE INDEX outbox_due ON outbox (channel, due_at, id) WHERE status = 'waiting';
CREATE INDEX outbox_about ON outbox (tenant, sub, channel);
CREATE INDEX outbox_sent ON outbox (tenant, channel, person, sent_at) WHERE status = 'sent';
CREATE INDEX outbox_at ON outbox (at);
