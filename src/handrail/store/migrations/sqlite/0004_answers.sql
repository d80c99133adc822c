-- Answers to commands by age: those that nobody can still repeat are dropped.
CREATE INDEX commands_at ON commands (tenant, at);
