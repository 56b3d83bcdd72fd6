-- What Prisma's schema language can't say: partitions and checks. Appended to the first migration by prisma/migration.ts.

-- Partitions of the day-partitioned tables for `days` days from `first`. Idempotent. A default partition catches what no
-- day partition covers, so a row is never refused because a job did not run.
CREATE FUNCTION braid_ensure_partitions(first date, days integer) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  parent text;
  d date;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(7262002);
  FOREACH parent IN ARRAY ARRAY['session_events', 'decisions', 'ledger_entries', 'audit_entries'] LOOP
    IF to_regclass(parent || '_default') IS NULL THEN
      EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
    END IF;
    FOR i IN 0 .. days - 1 LOOP
      d := first + i;
      IF to_regclass(parent || '_' || to_char(d, 'YYYYMMDD')) IS NULL THEN
        BEGIN
          EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)%s',
                         parent || '_' || to_char(d, 'YYYYMMDD'), parent, d, d + 1,
                         -- a trace of a few kB stands in its row: to compress it costs more than all the rest of the insert
                         CASE WHEN parent = 'decisions' THEN ' WITH (toast_tuple_target = 8160)' ELSE '' END);
          made := made + 1;
        EXCEPTION WHEN check_violation THEN NULL; -- the default partition already holds rows of that day: they stay there
        END;
      END IF;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

SELECT braid_ensure_partitions(current_date, 8);

ALTER TABLE operators ADD CHECK (role IN ('viewer', 'analyst', 'responder', 'admin')), ADD CHECK (state IN ('active', 'disabled'));
ALTER TABLE connectors ADD CHECK (state IN ('enabled', 'disabled'));
ALTER TABLE identities ADD CHECK (state IN ('active', 'paused', 'revoked')),
  ADD CHECK (kind IN ('service_account', 'api_key', 'workload', 'oauth_app', 'ai_agent', 'ci_pipeline', 'human'));
ALTER TABLE sessions ADD CHECK (state IN ('live', 'idle', 'ended')), ADD CHECK (observed_by IN ('native', 'derived', 'declared', 'inferred')),
  ADD CHECK ((state = 'ended') = (ended_at IS NOT NULL));
-- An allow never stands without the trace that justifies it, nor that trace without the exposures it was judged on.
ALTER TABLE decisions ADD CHECK (verdict IN ('allow', 'step_up', 'pause', 'deny')), ADD CHECK (trace <> ''),
  ADD CONSTRAINT decisions_allow_has_exposures CHECK (verdict <> 'allow' OR position('"exposures":[' IN trace) > 0);
ALTER TABLE holds ADD CHECK (state IN ('held', 'settled', 'released', 'expired'));
-- Slices of an exposure that still grow stand packed in its own row, 40 bytes each: end (ms), session, settled, alone.
CREATE FUNCTION braid_int8(bytes bytea) RETURNS bigint LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS
  $$ SELECT ('x' || encode(bytes, 'hex'))::bit(64)::bigint $$;
CREATE FUNCTION braid_open_slices(open bytea) RETURNS TABLE (bucket_at timestamptz, session_id uuid, settled bigint, alone bigint)
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT to_timestamp(braid_int8(substring(open FROM at FOR 8)) / 1000.0), encode(substring(open FROM at + 8 FOR 16), 'hex')::uuid,
         braid_int8(substring(open FROM at + 24 FOR 8)), braid_int8(substring(open FROM at + 32 FOR 8))
  FROM generate_series(1, length(open), 40) AS at $$;
-- Every slice stands in one of the two.
CREATE VIEW exposure_slices AS
  SELECT exposure_id, bucket_at, session_id, settled, alone FROM exposure_buckets
  UNION ALL SELECT e.id, o.bucket_at, o.session_id, o.settled, o.alone FROM exposures e, braid_open_slices(e.open) o;

-- Every write of an exposure's row finds room on its own page.
ALTER TABLE exposures SET (fillfactor = 50);
ALTER TABLE exposures ADD CHECK (settled >= 0), ADD CHECK (held >= 0);
ALTER TABLE access_requests ADD CHECK (state IN ('pending', 'approved', 'denied', 'expired', 'cancelled')),
  ADD CHECK ((state = 'approved') = (approval_id IS NOT NULL)), ADD CHECK (used >= 0 AND used <= uses);
ALTER TABLE api_tokens ADD CHECK (mode IN ('online', 'bounded', 'offline', 'legacy')), ADD CHECK ((mode = 'bounded') = (stale_secs IS NOT NULL));
ALTER TABLE allotments ADD CHECK (state IN ('open', 'reported', 'overdue')), ADD CHECK (amount > 0);
ALTER TABLE findings ADD CHECK (state IN ('open', 'acknowledged', 'suppressed', 'closed'));
ALTER TABLE revocations ADD CHECK (state IN ('requested', 'accepted', 'effective', 'verified', 'residual', 'unverifiable', 'failed', 'regrown'));

-- Lists read by index: what is live, per identity and over all.
CREATE INDEX sessions_live ON sessions (identity_id, started_at DESC) WHERE ended_at IS NULL;
CREATE INDEX sessions_live_until ON sessions (live_until) WHERE ended_at IS NULL AND live_until IS NOT NULL;
CREATE INDEX sessions_task ON sessions (task) WHERE ended_at IS NULL AND task IS NOT NULL;
CREATE INDEX sessions_recent ON sessions (started_at DESC, id DESC);
CREATE INDEX decisions_not_allowed ON decisions (id DESC) WHERE verdict <> 'allow';
CREATE INDEX decisions_refused ON decisions (exposure_id, id) WHERE verdict <> 'allow';
CREATE INDEX holds_open ON holds (expires_at) WHERE state = 'held';
CREATE UNIQUE INDEX policy_sets_one_active ON policy_sets (name, state) WHERE state IN ('active', 'shadow');
ALTER TABLE policy_sets ADD CHECK (state IN ('active', 'shadow', 'retired'));
ALTER TABLE policy_exemptions ADD CHECK (num_nonnulls(identity_id, workflow_id) = 1);

-- The log: audit rows that wait to be sealed, one writer for them, and states.
CREATE INDEX audit_entries_unsealed ON audit_entries (id) WHERE seq IS NULL;
CREATE UNIQUE INDEX writers_one_audit ON writers (kind) WHERE kind = 'audit';
ALTER TABLE verifications ADD CHECK (state IN ('running', 'ok', 'broken', 'failed'));

-- What is rare has an index of its own, so that storing what is frequent does not pay for it.
CREATE INDEX sessions_connector ON sessions (connector_id) WHERE connector_id IS NOT NULL;
CREATE INDEX sessions_parent ON sessions (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX sessions_parent_ref ON sessions (parent_ref) WHERE parent_ref IS NOT NULL;
CREATE INDEX sessions_run ON sessions (run, started_at) WHERE run IS NOT NULL;
CREATE INDEX sessions_unclosed ON sessions (source, started_at) WHERE unclosed;
-- Sessions that overlap a stretch of time: those that began not long before it, and those that last long.
CREATE INDEX sessions_long ON sessions (identity_id, ended_at) WHERE ended_at - started_at > interval '1 hour';
CREATE INDEX identities_uncounted ON identities (id) WHERE count_from IS NOT NULL;
CREATE INDEX event_batches_waiting ON event_batches (id) WHERE state = 'received';
ALTER TABLE event_batches ADD CHECK (state IN ('received', 'done', 'failed'));
ALTER TABLE sessions ADD CHECK (lineage IN ('refresh', 'role_chain', 'delegation', 'tool'));

-- Closes whose open has not come yet, by the key they wait under.
CREATE INDEX session_events_unopened ON session_events ((attributes ->> 'unopened')) WHERE session_id IS NULL AND attributes ? 'unopened';

-- Stretches of events that detection has still to read; what events say of the life of a credential, by its name.
CREATE INDEX envelopes_pending ON envelopes (identity_id) WHERE pending_from IS NOT NULL;
CREATE INDEX session_events_life ON session_events ((told -> 'life' ->> 'externalId')) WHERE told ? 'life';
ALTER TABLE hunts ADD CHECK (state IN ('running', 'done', 'failed', 'stopped'));
ALTER TABLE lanes ADD CHECK (held IN ('operator', 'attacker', 'unknown'));

-- Few stand near their limit: a list and a watch of them read no others. Counting moves no column of it but when a level is passed.
CREATE INDEX exposures_warned ON exposures (warned, id) WHERE warned IS NOT NULL;

-- Runs, newest first; sessions by what their source knows them by, from its beginning on.
CREATE INDEX sessions_runs ON sessions (started_at DESC, id DESC) WHERE run IS NOT NULL;
CREATE INDEX sessions_key ON sessions (left(key, 80) text_pattern_ops) WHERE key IS NOT NULL;
CREATE INDEX sessions_bound_key ON sessions (left(bound_key, 80) text_pattern_ops) WHERE bound_key IS NOT NULL;
CREATE INDEX sessions_group_key ON sessions (left(group_key, 80) text_pattern_ops);

-- Sessions that only one connector's own log told of are that connector's: counted and listed with those it lists.
CREATE INDEX sessions_told_by ON sessions ((told_by[1])) WHERE cardinality(told_by) = 1 AND connector_id IS NULL;

-- Live sessions by what several identities may share: a credential, a device, an owner.
CREATE INDEX sessions_live_key ON sessions (left(key, 80)) WHERE ended_at IS NULL AND key IS NOT NULL;
CREATE INDEX sessions_live_device ON sessions (device) WHERE ended_at IS NULL AND device IS NOT NULL;
CREATE INDEX identities_owner ON identities (owner) WHERE owner IS NOT NULL;
