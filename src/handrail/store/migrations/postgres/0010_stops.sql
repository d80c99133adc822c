-- What a stop looks at: all that waits, was started, or is under way, in the order of ids.
CREATE INDEX streams_going ON streams (tenant, id)
    WHERE kind IN ('action', 'run') AND status IN ('held', 'cleared', 'claimed', 'started', 'running', 'paused');
