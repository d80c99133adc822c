-- Standing permissions that count, by what they are about.
CREATE INDEX streams_standing ON streams (tenant, parent, born DESC, id) WHERE kind = 'standing' AND status = 'present';
