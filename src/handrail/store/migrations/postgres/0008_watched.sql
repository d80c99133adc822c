-- What could go on inside a run: it ends when the run is stopped. A paused run can, too.
DROP INDEX streams_inside;
CREATE INDEX streams_inside ON streams (tenant, parent, id)
    WHERE kind IN ('action', 'run') AND status IN ('held', 'cleared', 'claimed', 'running', 'paused');
