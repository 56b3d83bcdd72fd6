-- This is an empty migration.
-- What waits for somebody first, the gravest first: open and acknowledged before the rest, then by severity, then the latest.
CREATE FUNCTION braid_urgency(state text, severity text) RETURNS integer LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
  $$ SELECT CASE WHEN state IN ('open', 'acknowledged') THEN 4 ELSE 0 END
          + CASE severity WHEN 'critical' THEN 3 WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END $$;
CREATE INDEX findings_urgency_idx ON findings (braid_urgency(state, severity) DESC, last_seen_at DESC, id DESC);
