-- Runs whose process is gone, and that another one can clean up after.
CREATE INDEX streams_left ON streams (tenant, born, id) WHERE kind = 'run' AND (state::json ->> 'left')::int > 0;
