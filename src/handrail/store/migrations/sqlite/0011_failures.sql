-- What waits for people after a failure: by the type of its error, and by what it has in common with others.
CREATE INDEX streams_failing_error ON streams (tenant, state ->> '$.error', rank DESC, born, id)
    WHERE kind = 'review' AND status IN ('open', 'claimed');
CREATE INDEX streams_failing_like ON streams (tenant, state ->> '$.like', rank DESC, born, id)
    WHERE kind = 'review' AND status IN ('open', 'claimed');
