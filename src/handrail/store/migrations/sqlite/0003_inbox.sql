-- What the inbox reads: reviews that ended, the past of an action's name, the steps of a run; each newest first.
CREATE INDEX streams_ended ON streams (tenant, born DESC, id)
    WHERE kind = 'review' AND status NOT IN ('open', 'claimed');
CREATE INDEX streams_named ON streams (tenant, state ->> '$.name', born DESC)
    WHERE kind = 'action' AND state ->> '$.asked' IS NOT NULL AND status <> 'held';
CREATE INDEX streams_run ON streams (tenant, parent, born DESC, id) WHERE kind = 'action' AND parent IS NOT NULL;
