-- What people refused in a run, by intent: an action with the same one needs their new decision.
CREATE INDEX streams_refused ON streams (
    tenant, parent, (state::json ->> 'intent'), ((state::json ->> 'answered_at')::bigint)
) WHERE kind = 'action' AND status = 'refused' AND state::json ->> 'answered_at' IS NOT NULL;
