-- This is an empty migration.

-- Closes whose open has not come yet, by the key they wait under.
CREATE INDEX session_events_unopened ON session_events ((attributes ->> 'unopened')) WHERE session_id IS NULL AND attributes ? 'unopened';
