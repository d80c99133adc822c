-- Which process hands decisions to a consumer of a name, and until when (µs) nobody else may.
CREATE TABLE consumers (
    tenant TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    holder TEXT NOT NULL,
    fence  BIGINT NOT NULL,
    until  BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);
