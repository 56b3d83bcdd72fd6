-- Runs, newest first; sessions by what their source knows them by, from its beginning on.
CREATE INDEX sessions_runs ON sessions (started_at DESC, id DESC) WHERE run IS NOT NULL;
CREATE INDEX sessions_key ON sessions (left(key, 80) text_pattern_ops) WHERE key IS NOT NULL;
CREATE INDEX sessions_bound_key ON sessions (left(bound_key, 80) text_pattern_ops) WHERE bound_key IS NOT NULL;
CREATE INDEX sessions_group_key ON sessions (left(group_key, 80) text_pattern_ops);
