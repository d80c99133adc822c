-- What people refused in a run, by intent: an action with the same one needs their new decision.
CREATE INDEX streams_refused ON streams (tenant, parent, state ->> '$.intent', state ->> '$.answered_at')
    WHERE kind = 'action' AND status = 'refused' AND state ->> '$.answered_at' IS NOT NULL;
