-- What an agent did before with one action, for conditions of a policy.
CREATE INDEX streams_past ON streams (
    tenant, (state::json ->> 'agent'), (state::json ->> 'name'), status, born DESC
) WHERE kind = 'action';
