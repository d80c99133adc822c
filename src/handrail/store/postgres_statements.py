"""The SQL of PostgreSQL, as a catalogue under the names of SQLite's. `%s` stands for a value."""

from typing import Final

HEAD: Final = "SELECT origin, size, frontier, at, directory FROM heads WHERE tenant = %s AND origin <> ''"
# Who writes holds this row until the end of the transaction, so that each writer sees all that came before.
# The time is read after the lock was got.
LOCK_HEAD: Final = """
    WITH locked AS MATERIALIZED (
        SELECT origin, size, frontier, at, directory FROM heads WHERE tenant = %s FOR UPDATE)
    SELECT *, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint FROM locked"""
NEW_HEAD: Final = """
    INSERT INTO heads (tenant, origin, size, frontier, at, directory) VALUES (%s, '', 0, '', 0, -1)
    ON CONFLICT (tenant) DO NOTHING"""
_PUT_HEAD: Final = """
    INSERT INTO heads (tenant, origin, size, frontier, at, directory) VALUES (%s, %s, %s, %s, %s, %s)
    ON CONFLICT (tenant) DO UPDATE SET
        origin = excluded.origin, size = excluded.size, frontier = excluded.frontier, at = excluded.at,
        directory = excluded.directory"""
NOW: Final = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
VERSION: Final = "SELECT coalesce(sum(size), 0)::bigint FROM heads"
_NOTIFY: Final = "SELECT pg_notify('handrail', '')"

STREAM_COLUMNS: Final = "id, kind, status, rev, state, parent, rank, born, due_at, lease"
# In the order of ids, and no more than were asked for: without statistics the planner would else walk all of a tenant's
# lives by the index of their births.
STREAM: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams WHERE tenant = %s AND id = ANY(%s::text[]) ORDER BY id LIMIT %s"""
STREAMS_FROM: Final = "SELECT id FROM streams WHERE tenant = %s AND id >= %s AND id < %s ORDER BY id LIMIT %s"
_PUT_STREAM: Final = f"""
    INSERT INTO streams (tenant, {STREAM_COLUMNS})
    SELECT %s, unnest(%s::text[]), unnest(%s::text[]), unnest(%s::text[]), unnest(%s::bigint[]), unnest(%s::text[]),
        unnest(%s::text[]), unnest(%s::bigint[]), unnest(%s::bigint[]), unnest(%s::bigint[]), unnest(%s::bigint[])
    ON CONFLICT (tenant, id) DO UPDATE SET
        kind = excluded.kind, status = excluded.status, rev = excluded.rev, state = excluded.state,
        rank = excluded.rank, due_at = excluded.due_at, lease = excluded.lease"""
RENEW: Final = """
    UPDATE streams SET lease = new.lease, due_at = new.due_at
    FROM unnest(%s::text[], %s::bigint[], %s::bigint[]) AS new (id, lease, due_at)
    WHERE streams.tenant = %s AND streams.id = new.id AND streams.lease IS NOT NULL"""

WAITING: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND kind = 'review' AND status IN ('open', 'claimed')
    ORDER BY rank DESC, born, id LIMIT %s"""
WAITING_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND kind = 'review' AND status IN ('open', 'claimed') AND rank <= %s
      AND (rank < %s OR (born, id) > (%s, %s))
    ORDER BY rank DESC, born, id LIMIT %s"""
NEWEST: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams WHERE tenant = %s AND kind = %s ORDER BY born DESC, id LIMIT %s"""
NEWEST_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND kind = %s AND born <= %s AND (born < %s OR id > %s) ORDER BY born DESC, id LIMIT %s"""
ENDED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND kind = 'review' AND status NOT IN ('open', 'claimed') ORDER BY born DESC, id LIMIT %s"""
ENDED_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND kind = 'review' AND status NOT IN ('open', 'claimed') AND born <= %s
      AND (born < %s OR id > %s) ORDER BY born DESC, id LIMIT %s"""
FAILING_ERROR: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND state::json ->> 'error' = %s AND kind = 'review' AND status IN ('open', 'claimed')
    ORDER BY rank DESC, born, id LIMIT %s"""
FAILING_ERROR_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND state::json ->> 'error' = %s AND kind = 'review' AND status IN ('open', 'claimed')
      AND rank <= %s AND (rank < %s OR (born, id) > (%s, %s))
    ORDER BY rank DESC, born, id LIMIT %s"""
FAILING_LIKE: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND state::json ->> 'like' = %s AND kind = 'review' AND status IN ('open', 'claimed')
    ORDER BY rank DESC, born, id LIMIT %s"""
FAILING_LIKE_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND state::json ->> 'like' = %s AND kind = 'review' AND status IN ('open', 'claimed')
      AND rank <= %s AND (rank < %s OR (born, id) > (%s, %s))
    ORDER BY rank DESC, born, id LIMIT %s"""
COUNT_FAILING: Final = """
    SELECT count(*) FROM (
        SELECT 1 FROM streams
        WHERE tenant = %s AND state::json ->> 'like' = %s AND kind = 'review' AND status IN ('open', 'claimed')
        LIMIT %s) few"""
COUNT_WAITING: Final = """
    SELECT count(*) FROM (
        SELECT 1 FROM streams WHERE tenant = %s AND kind = 'review' AND status IN ('open', 'claimed') LIMIT %s) few"""
DECIDED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND state::json ->> 'name' = %s AND born >= %s AND kind = 'action' AND status <> 'held'
      AND state::json ->> 'asked' IS NOT NULL
    ORDER BY born DESC LIMIT %s"""
OF_RUN: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams WHERE tenant = %s AND parent = %s AND kind = 'action'
    ORDER BY born DESC, id LIMIT %s"""
HELD_IN: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND parent = %s AND kind = 'action' AND status IN ('held', 'unknown') LIMIT %s"""
# What people watch: runs by their rank, which is above 0 while they go on and below 0 once they ended.
WATCHED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND kind = 'run' AND rank > 0 ORDER BY rank DESC, born, id LIMIT %s"""
WATCHED_ENDED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND kind = 'run' AND rank < 0 AND (state::json ->> 'ended_at')::bigint >= %s
    ORDER BY (state::json ->> 'ended_at')::bigint DESC LIMIT %s"""
ASKING: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND parent = ANY(%s::text[]) AND kind = 'action' AND status IN ('held', 'unknown') LIMIT %s"""
# What a stopped run takes with it.
INSIDE: Final = """
    SELECT id FROM streams
    WHERE tenant = %s AND parent = %s AND kind IN ('action', 'run')
      AND status IN ('held', 'cleared', 'claimed', 'running', 'paused')
    ORDER BY id LIMIT %s"""
# What a stop looks at.
GOING: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND id > %s AND kind IN ('action', 'run')
      AND status IN ('held', 'cleared', 'claimed', 'started', 'running', 'paused')
    ORDER BY id LIMIT %s"""
# The last that people refused of one intent in a run.
REFUSED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND parent = %s AND state::json ->> 'intent' = %s
      AND kind = 'action' AND status = 'refused' AND state::json ->> 'answered_at' IS NOT NULL
    ORDER BY (state::json ->> 'answered_at')::bigint DESC LIMIT 1"""
# What an agent did before with one action, for conditions of a policy.
PAST: Final = f"""
    SELECT s.* FROM unnest(%s::text[]) AS wanted (status) CROSS JOIN LATERAL (
        SELECT {STREAM_COLUMNS} FROM streams
        WHERE tenant = %s AND state::json ->> 'agent' = %s AND state::json ->> 'name' = %s
          AND streams.status = wanted.status AND born >= %s AND kind = 'action'
        ORDER BY born DESC LIMIT %s) s
    ORDER BY s.born DESC, s.id LIMIT %s"""
PERMISSIONS: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND parent = %s AND kind = 'standing' AND status = 'present' ORDER BY born DESC, id LIMIT %s"""
HELD_OF_AGENT: Final = """
    SELECT count(*) FROM streams
    WHERE tenant = %s AND state::json ->> 'agent' = %s AND kind = 'action' AND status = 'held'"""
HELD_OF_OWNER: Final = """
    SELECT count(*) FROM streams
    WHERE tenant = %s AND state::json ->> 'owner' = %s AND kind = 'action' AND status = 'held'"""

# For each function the next agent after the one before, until there is none: as many looks as there are agents.
OFFERING: Final = """
    WITH RECURSIVE wanted AS (SELECT * FROM unnest(%s::text[], %s::text[]) AS given (name, schema)),
    found AS (
        SELECT name, schema, ''::text AS agent FROM wanted
        UNION ALL
        SELECT name, schema, (
            SELECT min(state::json ->> 'agent') FROM streams
            WHERE tenant = %s AND kind = 'action' AND rank > 0 AND rank = 1 AND state::json ->> 'name' = found.name
              AND state::json ->> 'schema' = found.schema AND state::json ->> 'agent' > found.agent)
        FROM found WHERE agent IS NOT NULL
    )
    SELECT DISTINCT agent FROM found WHERE agent <> '' ORDER BY agent LIMIT %s"""
OFFERS: Final = """
    SELECT born, id, parent FROM unnest(%s::text[], %s::text[]) AS wanted (name, schema) CROSS JOIN LATERAL (
        SELECT born, id, parent FROM streams
        WHERE tenant = %s AND kind = 'action' AND rank > 0 AND rank = 1 AND state::json ->> 'name' = wanted.name
          AND state::json ->> 'schema' = wanted.schema AND state::json ->> 'agent' = %s
          AND (parent IS NULL OR parent <> ALL (%s::text[]))
        ORDER BY born, id LIMIT %s) AS own
    ORDER BY born, id LIMIT %s"""
UNSURE: Final = """
    SELECT streams.id FROM unnest(%s::text[], %s::text[]) AS wanted (name, schema)
    JOIN streams ON tenant = %s AND kind = 'action' AND rank > 0 AND rank = 2
      AND state::json ->> 'name' = wanted.name AND state::json ->> 'schema' = wanted.schema
    LIMIT %s"""

ABANDONED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = %s AND kind = 'run' AND (state::json ->> 'left')::int > 0 ORDER BY born, id LIMIT %s"""

DUE: Final = "SELECT tenant, id FROM streams WHERE due_at IS NOT NULL AND due_at <= %s ORDER BY due_at LIMIT %s"
NEXT_DUE: Final = "SELECT min(due_at) FROM streams WHERE due_at IS NOT NULL"

_PUT_ENTRY: Final = """
    INSERT INTO entries (tenant, i, sub, rev, entry, leaf)
    SELECT
        %s, unnest(%s::bigint[]), unnest(%s::text[]), unnest(%s::bigint[]), unnest(%s::bytea[]), unnest(%s::bytea[])"""
ENTRIES: Final = "SELECT i, sub, rev, entry, leaf FROM entries WHERE tenant = %s AND i > %s ORDER BY i LIMIT %s"
ENTRIES_OF: Final = """
    SELECT i, sub, rev, entry, leaf FROM entries WHERE tenant = %s AND sub = %s AND i > %s ORDER BY rev LIMIT %s"""
ENTRIES_LATEST: Final = """
    SELECT i, sub, rev, entry, leaf FROM entries WHERE tenant = %s AND sub = %s AND rev > %s ORDER BY rev LIMIT %s"""

_PUT_DISCLOSURE: Final = """
    INSERT INTO disclosures (tenant, i, name, digest, text)
    SELECT %s, unnest(%s::bigint[]), unnest(%s::text[]), unnest(%s::text[]), unnest(%s::text[])"""
DISCLOSURES: Final = """
    SELECT i, name, digest, text FROM disclosures WHERE tenant = %s AND i = ANY(%s::bigint[]) ORDER BY i, name"""
TEXT: Final = """
    SELECT d.text FROM entries e JOIN disclosures d ON d.tenant = e.tenant AND d.i = e.i
    WHERE e.tenant = %s AND e.sub = %s AND d.digest = %s LIMIT 1"""

DROP_TEXTS: Final = """
    DELETE FROM disclosures WHERE tenant = %s AND name = %s AND i IN (
        SELECT i FROM entries WHERE tenant = %s AND sub = %s AND rev <= %s)"""

_PUT_REVISION: Final = """
    INSERT INTO revisions (tenant, action, number, bind, args, salt)
    SELECT %s, unnest(%s::text[]), unnest(%s::bigint[]), unnest(%s::text[]), unnest(%s::text[]), unnest(%s::bytea[])"""
REVISION: Final = """
    SELECT action, number, bind, args, salt FROM revisions WHERE tenant = %s AND action = %s AND number = %s"""
STANDING: Final = f"""
    SELECT {STREAM_COLUMNS}, action, number, bind, args, salt FROM streams LEFT JOIN revisions
      ON revisions.tenant = streams.tenant AND action = id AND number = (state::json ->> 'revision')::bigint
    WHERE streams.tenant = %s AND id = ANY(%s::text[]) ORDER BY id LIMIT 1"""
SHORT_ARGS: Final = """
    SELECT r.action, r.args FROM unnest(%s::text[], %s::bigint[]) AS asked (action, number)
    JOIN revisions r ON r.tenant = %s AND r.action = asked.action AND r.number = asked.number
    WHERE octet_length(r.args) <= %s"""

_PUT_CALL: Final = """
    INSERT INTO calls (tenant, key, action, mac) SELECT %s, unnest(%s::text[]), unnest(%s::text[]), unnest(%s::bytea[])
    ON CONFLICT (tenant, key) DO UPDATE SET action = excluded.action, mac = excluded.mac"""
CALL: Final = "SELECT key, action, mac FROM calls WHERE tenant = %s AND key = %s"

_PUT_ANSWER: Final = """
    INSERT INTO commands (tenant, id, mac, answer, at)
    SELECT %s, unnest(%s::text[]), unnest(%s::bytea[]), unnest(%s::text[]), unnest(%s::bigint[])"""
ANSWER: Final = "SELECT id, mac, answer, at FROM commands WHERE tenant = %s AND id = ANY(%s::text[])"
FORGET: Final = """
    DELETE FROM commands WHERE tenant = %s AND id IN (
        SELECT id FROM commands WHERE tenant = %s AND at < %s ORDER BY at LIMIT %s)"""

CURSORS: Final = """
    SELECT name, position FROM cursors WHERE tenant = %s AND name >= %s AND name < %s ORDER BY name LIMIT %s"""
PUT_CURSOR: Final = """
    INSERT INTO cursors (tenant, name, position) VALUES (%s, %s, %s)
    ON CONFLICT (tenant, name) DO UPDATE SET position = greatest(cursors.position, excluded.position)"""
HOLD: Final = """
    INSERT INTO consumers AS c (tenant, name, holder, fence, until) VALUES (%s, %s, %s, 1, %s)
    ON CONFLICT (tenant, name) DO UPDATE
        SET fence = c.fence + (c.holder <> excluded.holder)::int, holder = excluded.holder, until = excluded.until
        WHERE c.holder = excluded.holder OR c.until <= %s OR c.until > %s"""
HOLDING: Final = "SELECT holder, fence, until FROM consumers WHERE tenant = %s AND name = %s"

_PUT_BLOB: Final = """
    INSERT INTO blobs (tenant, digest, body) SELECT %s, unnest(%s::text[]), unnest(%s::text[])
    ON CONFLICT (tenant, digest) DO NOTHING"""
BLOB: Final = "SELECT body FROM blobs WHERE tenant = %s AND digest = %s"

META: Final = "SELECT value FROM meta WHERE name = %s"
PUT_META: Final = "INSERT INTO meta (name, value) VALUES (%s, %s) ON CONFLICT (name) DO NOTHING"
SET_META: Final = """
    INSERT INTO meta (name, value) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET value = excluded.value"""

TOKEN_COLUMNS: Final = "digest, kind, tenant, subject, born, seen, until, auth"
TOKEN: Final = f"SELECT {TOKEN_COLUMNS} FROM tokens WHERE digest = %s"
TOKENS: Final = f"""
    SELECT {TOKEN_COLUMNS} FROM tokens WHERE tenant = %s AND subject = %s AND kind = %s ORDER BY born"""
PUT_TOKEN: Final = f"INSERT INTO tokens ({TOKEN_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
SPEND: Final = f"{PUT_TOKEN} ON CONFLICT (digest) DO NOTHING RETURNING 1"
TOUCH: Final = "UPDATE tokens SET seen = greatest(seen, %s) WHERE digest = %s"
DROP: Final = "DELETE FROM tokens WHERE digest = %s RETURNING 1"
DROP_ALL: Final = "DELETE FROM tokens WHERE tenant = %s AND subject = %s AND kind = %s RETURNING 1"
SWEEP: Final = "DELETE FROM tokens WHERE until IS NOT NULL AND until <= %s"
PASSKEY_COLUMNS: Final = "credential, id, tenant, person, public_key, counter, name, born, seen"
PASSKEY: Final = f"SELECT {PASSKEY_COLUMNS} FROM passkeys WHERE credential = %s"
PASSKEYS: Final = f"SELECT {PASSKEY_COLUMNS} FROM passkeys WHERE tenant = %s AND person = %s ORDER BY born, id"
PUT_PASSKEY: Final = f"INSERT INTO passkeys ({PASSKEY_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)"
USE_PASSKEY: Final = """
    UPDATE passkeys SET counter = %s, seen = greatest(seen, %s) WHERE credential = %s AND counter = %s RETURNING 1"""
DROP_PASSKEY: Final = "DELETE FROM passkeys WHERE tenant = %s AND person = %s AND id = %s RETURNING 1"
SUBSCRIPTION_COLUMNS: Final = "digest, id, tenant, person, endpoint, key, secret, name, born"
SUBSCRIPTIONS: Final = f"""
    SELECT {SUBSCRIPTION_COLUMNS} FROM subscriptions WHERE tenant = %s AND person = %s ORDER BY born, id"""
PUT_SUBSCRIPTION: Final = f"""
    INSERT INTO subscriptions ({SUBSCRIPTION_COLUMNS}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (digest) DO UPDATE SET id = excluded.id, tenant = excluded.tenant, person = excluded.person,
    key = excluded.key, secret = excluded.secret, name = excluded.name, born = excluded.born"""
DROP_SUBSCRIPTION: Final = "DELETE FROM subscriptions WHERE tenant = %s AND person = %s AND id = %s RETURNING 1"
PASSWORD: Final = "SELECT hash FROM passwords WHERE tenant = %s AND person = %s"
PUT_PASSWORD: Final = """
    INSERT INTO passwords (tenant, person, hash, at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (tenant, person) DO UPDATE SET hash = excluded.hash, at = excluded.at"""

# A whole batch in one statement, and word of it to everybody who listens. Few batches have new arguments, calls and
# texts, and an empty INSERT costs, too.
_PUT: Final = f"""
    WITH entries_put AS ({_PUT_ENTRY}), disclosures_put AS ({_PUT_DISCLOSURE}), streams_put AS ({_PUT_STREAM}),
        answers_put AS ({_PUT_ANSWER})"""
_PUT_TEXTS: Final = f"""
        revisions_put AS ({_PUT_REVISION}), calls_put AS ({_PUT_CALL}), blobs_put AS ({_PUT_BLOB})"""
PUT_BATCH: Final = f"{_PUT}, head_put AS ({_PUT_HEAD}) {_NOTIFY}"
PUT_WHOLE_BATCH: Final = f"{_PUT}, {_PUT_TEXTS}, head_put AS ({_PUT_HEAD}) {_NOTIFY}"

AFTER: Final = {ENDED: ENDED_AFTER, NEWEST: NEWEST_AFTER}
"""A list's statement, and the one for its next pages."""
