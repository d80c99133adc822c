-- What people are to be told, written with the change that causes it. A row without a person is for everybody concerned.
CREATE TABLE outbox (
    id      BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tenant  TEXT COLLATE "C" NOT NULL,
    sub     TEXT COLLATE "C" NOT NULL,
    rev     BIGINT NOT NULL,
    what    TEXT NOT NULL,
    level   BIGINT NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    person  TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    due_at  BIGINT NOT NULL,
    status  TEXT NOT NULL DEFAULT 'waiting',
    tries   BIGINT NOT NULL DEFAULT 0,
    sent_at BIGINT,
    error   TEXT
);
CREATE INDEX outbox_due ON outbox (channel, due_at, id) WHERE status = 'waiting';
CREATE INDEX outbox_about ON outbox (tenant, sub, channel);
CREATE INDEX outbox_sent ON outbox (tenant, channel, person, sent_at) WHERE status = 'sent';
CREATE INDEX outbox_at ON outbox (at);
