-- What people watch: runs that go on, by what they need, and runs that ended, the last one first.
CREATE INDEX streams_watched ON streams (tenant, rank DESC, born, id) WHERE kind = 'run' AND rank > 0;
CREATE INDEX streams_watched_ended ON streams (tenant, ((state::json ->> 'ended_at')::bigint) DESC)
    WHERE kind = 'run' AND rank < 0;
