-- What workers may take: actions that wait to be executed by anybody (rank 1), or for the answer of their probe (rank 2).
CREATE INDEX streams_offered
    ON streams (tenant, rank, state ->> '$.name', state ->> '$.schema', state ->> '$.agent', born, id, parent)
    WHERE kind = 'action' AND rank > 0;
