"""The SQL, as a catalogue: a name, what it is for, the statement."""

from typing import Final

HEAD: Final = "SELECT origin, size, frontier, at, directory FROM heads WHERE tenant = ?"
PUT_HEAD: Final = """
    INSERT INTO heads (tenant, origin, size, frontier, at, directory) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant) DO UPDATE SET
        size = excluded.size, frontier = excluded.frontier, at = excluded.at, directory = excluded.directory"""

STREAM_COLUMNS: Final = "id, kind, status, rev, state, parent, rank, born, due_at, lease"
STREAM: Final = f"SELECT {STREAM_COLUMNS} FROM streams WHERE tenant = ? AND id = ?"
STREAMS_FROM: Final = "SELECT id FROM streams WHERE tenant = ? AND id >= ? AND id < ? ORDER BY id LIMIT ?"
PUT_STREAM: Final = """
    INSERT INTO streams (tenant, id, kind, status, rev, state, parent, rank, born, due_at, lease)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (tenant, id) DO UPDATE SET
        kind = excluded.kind, status = excluded.status, rev = excluded.rev, state = excluded.state,
        rank = excluded.rank, due_at = excluded.due_at, lease = excluded.lease"""
RENEW: Final = "UPDATE streams SET lease = ?, due_at = ? WHERE tenant = ? AND id = ? AND lease IS NOT NULL"

# What waits: by rank, then age; the partial index makes the first page cost the same at any length.
WAITING: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = ? AND kind = 'review' AND status IN ('open', 'claimed')
    ORDER BY rank DESC, born, id LIMIT ?"""
WAITING_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = ?1 AND kind = 'review' AND status IN ('open', 'claimed') AND rank <= ?2
      AND (rank < ?2 OR born > ?3 OR (born = ?3 AND id > ?4))
    ORDER BY rank DESC, born, id LIMIT ?5"""
NEWEST: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams WHERE tenant = ? AND kind = ? ORDER BY born DESC, id LIMIT ?"""
NEWEST_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = ?1 AND kind = ?2 AND born <= ?3 AND (born < ?3 OR id > ?4) ORDER BY born DESC, id LIMIT ?5"""
# Named, since the planner would walk all reviews of every status.
ENDED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_ended
    WHERE tenant = ? AND kind = 'review' AND status NOT IN ('open', 'claimed') ORDER BY born DESC, id LIMIT ?"""
ENDED_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_ended
    WHERE tenant = ?1 AND kind = 'review' AND status NOT IN ('open', 'claimed') AND born <= ?2
      AND (born < ?2 OR id > ?3) ORDER BY born DESC, id LIMIT ?4"""
# What waits after a failure, by its type and by what it has in common with others, in the same order.
FAILING_ERROR: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_failing_error
    WHERE tenant = ?1 AND state ->> '$.error' = ?2 AND kind = 'review' AND status IN ('open', 'claimed')
    ORDER BY rank DESC, born, id LIMIT ?3"""
FAILING_ERROR_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_failing_error
    WHERE tenant = ?1 AND state ->> '$.error' = ?2 AND kind = 'review' AND status IN ('open', 'claimed')
      AND rank <= ?3 AND (rank < ?3 OR born > ?4 OR (born = ?4 AND id > ?5))
    ORDER BY rank DESC, born, id LIMIT ?6"""
FAILING_LIKE: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_failing_like
    WHERE tenant = ?1 AND state ->> '$.like' = ?2 AND kind = 'review' AND status IN ('open', 'claimed')
    ORDER BY rank DESC, born, id LIMIT ?3"""
FAILING_LIKE_AFTER: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_failing_like
    WHERE tenant = ?1 AND state ->> '$.like' = ?2 AND kind = 'review' AND status IN ('open', 'claimed')
      AND rank <= ?3 AND (rank < ?3 OR born > ?4 OR (born = ?4 AND id > ?5))
    ORDER BY rank DESC, born, id LIMIT ?6"""
COUNT_FAILING: Final = """
    SELECT count(*) FROM (
        SELECT 1 FROM streams INDEXED BY streams_failing_like
        WHERE tenant = ? AND state ->> '$.like' = ? AND kind = 'review' AND status IN ('open', 'claimed') LIMIT ?)"""
COUNT_WAITING: Final = """
    SELECT count(*) FROM (
        SELECT 1 FROM streams INDEXED BY streams_open
        WHERE tenant = ? AND kind = 'review' AND status IN ('open', 'claimed') LIMIT ?)"""
# Of one name and of one run: by the newest, however many there are.
DECIDED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = ? AND state ->> '$.name' = ? AND born >= ? AND kind = 'action'
      AND state ->> '$.asked' IS NOT NULL AND status <> 'held'
    ORDER BY born DESC LIMIT ?"""
OF_RUN: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams WHERE tenant = ? AND parent = ? AND kind = 'action'
    ORDER BY born DESC, id LIMIT ?"""
HELD_IN: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams
    WHERE tenant = ? AND parent = ? AND kind = 'action' AND status IN ('held', 'unknown') LIMIT ?"""

# What people watch: runs by their rank, which is above 0 while they go on and below 0 once they ended.
WATCHED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_watched
    WHERE tenant = ? AND kind = 'run' AND rank > 0 ORDER BY rank DESC, born, id LIMIT ?"""
WATCHED_ENDED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_watched_ended
    WHERE tenant = ? AND kind = 'run' AND rank < 0 AND state ->> '$.ended_at' >= ?
    ORDER BY state ->> '$.ended_at' DESC LIMIT ?"""
ASKING: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_waiting
    WHERE tenant = ? AND parent IN (SELECT value FROM json_each(?))
      AND kind = 'action' AND status IN ('held', 'unknown') LIMIT ?"""

# What a stopped run takes with it.
INSIDE: Final = """
    SELECT id FROM streams INDEXED BY streams_inside
    WHERE tenant = ? AND parent = ? AND kind IN ('action', 'run')
      AND status IN ('held', 'cleared', 'claimed', 'running', 'paused')
    ORDER BY id LIMIT ?"""
# What a stop looks at.
GOING: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_going
    WHERE tenant = ? AND id > ? AND kind IN ('action', 'run')
      AND status IN ('held', 'cleared', 'claimed', 'started', 'running', 'paused')
    ORDER BY id LIMIT ?"""
# The last that people refused of one intent in a run.
REFUSED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_refused
    WHERE tenant = ? AND parent = ? AND state ->> '$.intent' = ?
      AND kind = 'action' AND status = 'refused' AND state ->> '$.answered_at' IS NOT NULL
    ORDER BY state ->> '$.answered_at' DESC LIMIT 1"""
# What an agent did before with one action, for conditions of a policy.
PAST: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_past
    WHERE tenant = ? AND state ->> '$.agent' = ? AND state ->> '$.name' = ? AND status = ? AND born >= ?
      AND kind = 'action'
    ORDER BY born DESC LIMIT ?"""
PERMISSIONS: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_standing
    WHERE tenant = ? AND parent = ? AND kind = 'standing' AND status = 'present' ORDER BY born DESC, id LIMIT ?"""
HELD_OF_AGENT: Final = """
    SELECT count(*) FROM streams WHERE tenant = ? AND state ->> '$.agent' = ? AND kind = 'action' AND status = 'held'"""
HELD_OF_OWNER: Final = """
    SELECT count(*) FROM streams WHERE tenant = ? AND state ->> '$.owner' = ? AND kind = 'action' AND status = 'held'"""

# What workers may take: the next agent that has some, and what one agent has. The rank says for what.
OFFERING: Final = """
    SELECT min(state ->> '$.agent') FROM streams INDEXED BY streams_offered
    WHERE tenant = ? AND kind = 'action' AND rank > 0 AND rank = 1
      AND state ->> '$.name' = ? AND state ->> '$.schema' = ? AND state ->> '$.agent' > ?"""
OFFERS: Final = """
    SELECT born, id, parent FROM streams INDEXED BY streams_offered
    WHERE tenant = ? AND kind = 'action' AND rank > 0 AND rank = 1
      AND state ->> '$.name' = ? AND state ->> '$.schema' = ? AND state ->> '$.agent' = ?
      AND (parent IS NULL OR parent NOT IN (SELECT value FROM json_each(?)))
    ORDER BY born, id LIMIT ?"""
UNSURE: Final = """
    SELECT id FROM streams INDEXED BY streams_offered
    WHERE tenant = ? AND kind = 'action' AND rank > 0 AND rank = 2
      AND state ->> '$.name' = ? AND state ->> '$.schema' = ? LIMIT ?"""

ABANDONED: Final = f"""
    SELECT {STREAM_COLUMNS} FROM streams INDEXED BY streams_left
    WHERE tenant = ? AND kind = 'run' AND state ->> '$.left' > 0 ORDER BY born, id LIMIT ?"""

DUE: Final = "SELECT tenant, id FROM streams WHERE due_at IS NOT NULL AND due_at <= ? ORDER BY due_at LIMIT ?"
NEXT_DUE: Final = "SELECT min(due_at) FROM streams WHERE due_at IS NOT NULL"

PUT_ENTRY: Final = "INSERT INTO entries (tenant, i, sub, rev, entry, leaf) VALUES (?, ?, ?, ?, ?, ?)"
ENTRIES: Final = "SELECT i, sub, rev, entry, leaf FROM entries WHERE tenant = ? AND i > ? ORDER BY i LIMIT ?"
# The plus keeps the planner from walking the whole log by `i` instead of the stream by `rev`.
ENTRIES_OF: Final = """
    SELECT i, sub, rev, entry, leaf FROM entries WHERE tenant = ? AND sub = ? AND +i > ? ORDER BY rev LIMIT ?"""
ENTRIES_LATEST: Final = """
    SELECT i, sub, rev, entry, leaf FROM entries WHERE tenant = ? AND sub = ? AND rev > ? ORDER BY rev LIMIT ?"""

PUT_DISCLOSURE: Final = "INSERT INTO disclosures (tenant, i, name, digest, text) VALUES (?, ?, ?, ?, ?)"
DISCLOSURES: Final = "SELECT i, name, digest, text FROM disclosures WHERE tenant = ? AND i = ? ORDER BY name"
# CROSS JOIN fixes the order: the stream's few entries first. Left alone, the planner walks every disclosure there is.
TEXT: Final = """
    SELECT d.text FROM entries e CROSS JOIN disclosures d ON d.tenant = e.tenant AND d.i = e.i
    WHERE e.tenant = ? AND e.sub = ? AND d.digest = ? LIMIT 1"""

DROP_TEXTS: Final = """
    DELETE FROM disclosures WHERE (tenant, i, name) IN (
        SELECT d.tenant, d.i, d.name FROM entries e CROSS JOIN disclosures d ON d.tenant = e.tenant AND d.i = e.i
        WHERE e.tenant = ? AND e.sub = ? AND e.rev <= ? AND d.name = ?)"""

PUT_REVISION: Final = "INSERT INTO revisions (tenant, action, number, bind, args, salt) VALUES (?, ?, ?, ?, ?, ?)"
REVISION: Final = (
    "SELECT action, number, bind, args, salt FROM revisions WHERE tenant = ? AND action = ? AND number = ?"
)
STANDING: Final = f"""
    SELECT {STREAM_COLUMNS}, action, number, bind, args, salt FROM streams LEFT JOIN revisions
      ON revisions.tenant = streams.tenant AND action = id AND number = state ->> 'revision'
    WHERE streams.tenant = ? AND id = ?"""
SHORT_ARGS: Final = """
    SELECT action, args FROM revisions WHERE tenant = ? AND action = ? AND number = ? AND octet_length(args) <= ?"""

PUT_CALL: Final = """
    INSERT INTO calls (tenant, key, action, mac) VALUES (?, ?, ?, ?)
    ON CONFLICT (tenant, key) DO UPDATE SET action = excluded.action, mac = excluded.mac"""
CALL: Final = "SELECT key, action, mac FROM calls WHERE tenant = ? AND key = ?"

PUT_ANSWER: Final = "INSERT INTO commands (tenant, id, mac, answer, at) VALUES (?, ?, ?, ?, ?)"
ANSWER: Final = "SELECT id, mac, answer, at FROM commands WHERE tenant = ? AND id = ?"
FORGET: Final = """
    DELETE FROM commands WHERE tenant = ?1 AND id IN (
        SELECT id FROM commands WHERE tenant = ?1 AND at < ?2 ORDER BY at LIMIT ?3)"""

CURSORS: Final = """
    SELECT name, position FROM cursors WHERE tenant = ? AND name >= ? AND name < ? ORDER BY name LIMIT ?"""
PUT_CURSOR: Final = """
    INSERT INTO cursors (tenant, name, position) VALUES (?, ?, ?)
    ON CONFLICT (tenant, name) DO UPDATE SET position = max(position, excluded.position)"""
HOLD: Final = """
    INSERT INTO consumers (tenant, name, holder, fence, until) VALUES (?1, ?2, ?3, 1, ?4)
    ON CONFLICT (tenant, name) DO UPDATE
        SET fence = fence + (holder <> excluded.holder), holder = excluded.holder, until = excluded.until
        WHERE holder = excluded.holder OR until <= ?5 OR until > ?6"""
HOLDING: Final = "SELECT holder, fence, until FROM consumers WHERE tenant = ? AND name = ?"

PUT_BLOB: Final = "INSERT OR IGNORE INTO blobs (tenant, digest, body) VALUES (?, ?, ?)"
BLOB: Final = "SELECT body FROM blobs WHERE tenant = ? AND digest = ?"

META: Final = "SELECT value FROM meta WHERE name = ?"
PUT_META: Final = "INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)"
