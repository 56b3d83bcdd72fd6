-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "operators" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_sign_in_at" TIMESTAMPTZ(6),

    CONSTRAINT "operators_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operator_sessions" (
    "id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "ended_by" TEXT,
    "ip" TEXT,
    "user_agent" TEXT,

    CONSTRAINT "operator_sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setup_links" (
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "used_at" TIMESTAMPTZ(6),

    CONSTRAINT "setup_links_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "api_tokens" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL DEFAULT 'default',
    "scopes" TEXT[],
    "hash" TEXT NOT NULL,
    "prefix" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "last_used_at" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),
    "mode" TEXT NOT NULL DEFAULT 'online',
    "stale_secs" INTEGER,
    "settle_after_secs" INTEGER,

    CONSTRAINT "api_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "settings" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "settings_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "audit_entries" (
    "day" DATE NOT NULL DEFAULT CURRENT_DATE,
    "id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target_type" TEXT,
    "target_id" TEXT,
    "target_name" TEXT,
    "reason" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "request_id" TEXT,
    "writer" UUID,
    "seq" BIGINT,
    "hash" BYTEA,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("day","id")
) PARTITION BY RANGE ("day");

-- CreateTable
CREATE TABLE "connectors" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "vendor" TEXT NOT NULL,
    "issuer" TEXT NOT NULL DEFAULT 'default',
    "config" JSONB NOT NULL,
    "sealed_secrets" TEXT,
    "state" TEXT NOT NULL DEFAULT 'enabled',
    "health" TEXT NOT NULL DEFAULT 'unknown',
    "health_detail" TEXT,
    "cursor" JSONB,
    "last_sync_at" TIMESTAMPTZ(6),
    "last_event_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "connectors_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "imports" (
    "id" UUID NOT NULL,
    "format" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "progress" JSONB NOT NULL DEFAULT '{}',
    "result" JSONB,
    "error" TEXT,
    "actor_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "imports_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identities" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'active',
    "state_reason" TEXT,
    "state_changed_at" TIMESTAMPTZ(6),
    "state_changed_by" TEXT,
    "state_revision" BIGINT NOT NULL DEFAULT 0,
    "managed" BOOLEAN NOT NULL DEFAULT true,
    "protected" BOOLEAN NOT NULL DEFAULT false,
    "environment" TEXT,
    "owner" TEXT,
    "owner_source" TEXT,
    "owner_attested_at" TIMESTAMPTZ(6),
    "purpose" TEXT,
    "concurrency_limit" INTEGER,
    "visibility" SMALLINT,
    "sources" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "first_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6),
    "session_count" INTEGER NOT NULL DEFAULT 0,
    "peak_sessions" INTEGER NOT NULL DEFAULT 0,
    "peak_at" TIMESTAMPTZ(6),
    "attributes" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "identities_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unlinked_names" (
    "issuer" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "unlinked_names_pkey" PRIMARY KEY ("issuer","external_id","identity_id")
);

-- CreateTable
CREATE TABLE "identity_aliases" (
    "issuer" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "identity_aliases_pkey" PRIMARY KEY ("issuer","type","external_id")
);

-- CreateTable
CREATE TABLE "credentials" (
    "id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "connector_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'active',
    "first_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(6),
    "expires_at" TIMESTAMPTZ(6),
    "attributes" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "credentials_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workflows" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "workflows_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workflow_members" (
    "workflow_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,

    CONSTRAINT "workflow_members_pkey" PRIMARY KEY ("workflow_id","identity_id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "credential_id" UUID,
    "connector_id" UUID,
    "source" TEXT NOT NULL,
    "observed_by" TEXT NOT NULL,
    "group_key" TEXT NOT NULL,
    "kind" TEXT NOT NULL DEFAULT 'api',
    "label" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'live',
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "last_event_at" TIMESTAMPTZ(6) NOT NULL,
    "live_until" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "ended_by" TEXT,
    "end_reason" TEXT,
    "trusted_at" TIMESTAMPTZ(6),
    "last_validated_at" TIMESTAMPTZ(6),
    "network" TEXT,
    "region" TEXT,
    "device" TEXT,
    "runtime" TEXT,
    "agent" TEXT,
    "key" TEXT,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "task" TEXT,
    "scope" TEXT,
    "posture" TEXT,
    "asn" TEXT,
    "acr" TEXT,
    "bound" JSONB NOT NULL DEFAULT '{}',
    "native" JSONB NOT NULL DEFAULT '{}',
    "parent_id" UUID,
    "event_count" INTEGER NOT NULL DEFAULT 0,
    "read_count" INTEGER NOT NULL DEFAULT 0,
    "change_count" INTEGER NOT NULL DEFAULT 0,
    "stale" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "session_events" (
    "day" DATE NOT NULL DEFAULT CURRENT_DATE,
    "identity_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "session_id" UUID,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "source" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "class" TEXT NOT NULL,
    "outcome" TEXT NOT NULL DEFAULT 'success',
    "network" TEXT,
    "region" TEXT,
    "agent" TEXT,
    "resource" TEXT,
    "attributes" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "session_events_pkey" PRIMARY KEY ("day","identity_id","id")
) PARTITION BY RANGE ("day");

-- CreateTable
CREATE TABLE "event_keys" (
    "hash" BYTEA NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_keys_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "tasks" (
    "issuer" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "completed_at" TIMESTAMPTZ(6) NOT NULL,
    "completed_by" TEXT NOT NULL,
    "reason" TEXT,

    CONSTRAINT "tasks_pkey" PRIMARY KEY ("issuer","id")
);

-- CreateTable
CREATE TABLE "policy_sets" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "mode" TEXT NOT NULL DEFAULT 'enforce',
    "tests" JSONB NOT NULL DEFAULT '[]',
    "based_on" INTEGER,
    "exempt_rev" INTEGER NOT NULL DEFAULT 0,
    "activated_by" TEXT,
    "activated_for" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "reason" TEXT,
    "activated_at" TIMESTAMPTZ(6),
    "retired_at" TIMESTAMPTZ(6),

    CONSTRAINT "policy_sets_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_drafts" (
    "name" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "tests" JSONB NOT NULL DEFAULT '[]',
    "base_version" INTEGER,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "policy_drafts_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "policy_exemptions" (
    "id" UUID NOT NULL,
    "policy_set" TEXT NOT NULL,
    "rule_id" TEXT NOT NULL,
    "identity_id" UUID,
    "workflow_id" UUID,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(6),
    "ended_by" TEXT,
    "end_reason" TEXT,

    CONSTRAINT "policy_exemptions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_backtests" (
    "id" UUID NOT NULL,
    "policy_set" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "against" INTEGER,
    "from_at" TIMESTAMPTZ(6) NOT NULL,
    "to_at" TIMESTAMPTZ(6) NOT NULL,
    "state" TEXT NOT NULL,
    "done" INTEGER NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "error" TEXT,
    "requested_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "requested_by" TEXT NOT NULL,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "policy_backtests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "exposures" (
    "id" UUID NOT NULL,
    "policy_set" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "unit" TEXT,
    "scale" INTEGER NOT NULL DEFAULT 0,
    "window_secs" INTEGER,
    "calendar" TEXT,
    "settled" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "limit_value" BIGINT,
    "rule_id" TEXT,
    "warned" INTEGER,
    "revision" BIGINT NOT NULL DEFAULT 0,
    "version" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "identity_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "open" BYTEA,

    CONSTRAINT "exposures_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "exposure_buckets" (
    "exposure_id" UUID NOT NULL,
    "bucket_at" TIMESTAMPTZ(6) NOT NULL,
    "session_id" UUID NOT NULL,
    "settled" BIGINT NOT NULL DEFAULT 0,
    "alone" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "exposure_buckets_pkey" PRIMARY KEY ("exposure_id","bucket_at","session_id")
);

-- CreateTable
CREATE TABLE "exposure_members" (
    "exposure_id" UUID NOT NULL,
    "member" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "settled_at" TIMESTAMPTZ(6),
    "alone_at" TIMESTAMPTZ(6),
    "brought" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "exposure_members_pkey" PRIMARY KEY ("exposure_id","member","session_id")
);

-- CreateTable
CREATE TABLE "ledger_entries" (
    "day" DATE NOT NULL DEFAULT CURRENT_DATE,
    "exposure_id" UUID NOT NULL,
    "revision" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "kind" TEXT NOT NULL,
    "settled" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,
    "settled_now" BIGINT NOT NULL,
    "held_now" BIGINT NOT NULL,
    "session_id" UUID,
    "decision_id" UUID,
    "hold_id" UUID,
    "writer" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA,

    CONSTRAINT "ledger_entries_pkey" PRIMARY KEY ("exposure_id","revision","day")
) PARTITION BY RANGE ("day");

-- CreateTable
CREATE TABLE "holds" (
    "id" UUID NOT NULL,
    "decision_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "session_id" UUID,
    "token_id" UUID,
    "kind" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'held',
    "on_expiry" TEXT NOT NULL DEFAULT 'release',
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),

    CONSTRAINT "holds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hold_lines" (
    "hold_id" UUID NOT NULL,
    "exposure_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "settled" BIGINT NOT NULL DEFAULT 0,
    "attribute" TEXT,
    "on_expiry" TEXT,
    "slice_at" TIMESTAMPTZ(6),

    CONSTRAINT "hold_lines_pkey" PRIMARY KEY ("hold_id","exposure_id")
);

-- CreateTable
CREATE TABLE "decisions" (
    "day" DATE NOT NULL DEFAULT CURRENT_DATE,
    "identity_id" UUID NOT NULL,
    "id" UUID NOT NULL,
    "session_id" UUID,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "verdict" TEXT NOT NULL,
    "alone" TEXT,
    "reason" TEXT NOT NULL,
    "message" TEXT,
    "rule_id" TEXT,
    "policy_set" TEXT,
    "action" TEXT NOT NULL,
    "resource_type" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "amount" BIGINT,
    "unit" TEXT,
    "scale" INTEGER NOT NULL DEFAULT 0,
    "exposure_id" UUID,
    "hold_id" UUID,
    "dry_run" BOOLEAN NOT NULL DEFAULT false,
    "token_id" UUID,
    "request_id" TEXT,
    "latency_us" INTEGER NOT NULL,
    "trace" TEXT NOT NULL,
    "writer" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "decisions_pkey" PRIMARY KEY ("identity_id","id","day")
) PARTITION BY RANGE ("day");

-- CreateTable
CREATE TABLE "writers" (
    "id" UUID NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seq" BIGINT NOT NULL DEFAULT 0,
    "hash" BYTEA NOT NULL,
    "links" JSONB NOT NULL DEFAULT '[]',
    "kind" TEXT NOT NULL DEFAULT 'lane',

    CONSTRAINT "writers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "checkpoints" (
    "seq" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "reason" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "signature" BYTEA NOT NULL,
    "public_key" BYTEA NOT NULL,
    "heads" JSONB NOT NULL,
    "detail" JSONB,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "checkpoint_heads" (
    "position" INTEGER NOT NULL,
    "writer" UUID NOT NULL,
    "seq" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "checkpoint_heads_pkey" PRIMARY KEY ("position")
);

-- CreateTable
CREATE TABLE "ledger_openings" (
    "exposure_id" UUID NOT NULL,
    "revision" BIGINT NOT NULL,
    "settled" BIGINT NOT NULL,
    "held" BIGINT NOT NULL,

    CONSTRAINT "ledger_openings_pkey" PRIMARY KEY ("exposure_id")
);

-- CreateTable
CREATE TABLE "verifications" (
    "id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),
    "progress" JSONB NOT NULL DEFAULT '{}',
    "result" JSONB,

    CONSTRAINT "verifications_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "token_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "decision_id" UUID NOT NULL,
    "response" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("token_id","key")
);

-- CreateTable
CREATE TABLE "seen_entities" (
    "issuer" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "seen_entities_pkey" PRIMARY KEY ("issuer","kind","type","id")
);

-- CreateTable
CREATE TABLE "access_requests" (
    "id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "token_id" UUID,
    "identity_id" UUID NOT NULL,
    "session_id" UUID,
    "decision_id" UUID NOT NULL,
    "asked_id" UUID NOT NULL,
    "hold_id" UUID,
    "subject" JSONB NOT NULL,
    "action" JSONB NOT NULL,
    "resource" JSONB NOT NULL,
    "context" JSONB NOT NULL,
    "rules" JSONB NOT NULL,
    "amount" BIGINT,
    "unit" TEXT,
    "scale" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT,
    "requested" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL DEFAULT 'pending',
    "uses" INTEGER NOT NULL,
    "used" INTEGER NOT NULL DEFAULT 0,
    "grant_secs" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "answered_at" TIMESTAMPTZ(6),
    "answered_by_kind" TEXT,
    "answered_by_id" TEXT,
    "answered_by" TEXT,
    "answer_reason" TEXT,
    "provenance" JSONB NOT NULL DEFAULT '{}',
    "approval_id" TEXT,
    "approved_until" TIMESTAMPTZ(6),
    "withdrawn_at" TIMESTAMPTZ(6),
    "withdrawn_by" TEXT,
    "idempotency_key" TEXT,
    "body_hash" BYTEA,

    CONSTRAINT "access_requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "allotments" (
    "id" UUID NOT NULL,
    "token_id" UUID NOT NULL,
    "issuer" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "decision_id" UUID NOT NULL,
    "hold_id" UUID NOT NULL,
    "subject" JSONB NOT NULL,
    "action" JSONB NOT NULL,
    "resource" JSONB NOT NULL,
    "attribute" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "scale" INTEGER NOT NULL,
    "amount" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "issued_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "reported_at" TIMESTAMPTZ(6),
    "spent" BIGINT,
    "spends" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "allotments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "blind_transactions" (
    "token_id" UUID NOT NULL,
    "ref" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "reported_at" TIMESTAMPTZ(6) NOT NULL,
    "decision_id" UUID NOT NULL,
    "allowed" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "amount" BIGINT,
    "unit" TEXT,
    "scale" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "blind_transactions_pkey" PRIMARY KEY ("token_id","ref")
);

-- CreateTable
CREATE TABLE "findings" (
    "id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "detector" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "severity" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "title" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "reasons" JSONB NOT NULL DEFAULT '[]',
    "evidence" JSONB NOT NULL DEFAULT '{}',
    "mapping" JSONB NOT NULL DEFAULT '[]',
    "occurrences" INTEGER NOT NULL DEFAULT 1,
    "first_seen_at" TIMESTAMPTZ(6) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL,
    "state_by" TEXT,
    "state_reason" TEXT,
    "state_at" TIMESTAMPTZ(6),
    "suppress_until" TIMESTAMPTZ(6),
    "suppress_owner" TEXT,
    "disposition" TEXT,

    CONSTRAINT "findings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notes" (
    "id" UUID NOT NULL,
    "target_type" TEXT NOT NULL,
    "target_id" UUID NOT NULL,
    "body" TEXT NOT NULL,
    "author_id" TEXT,
    "author_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revocations" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "session_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "state" TEXT NOT NULL DEFAULT 'requested',
    "reason_code" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT,
    "actor_name" TEXT NOT NULL,
    "requested_at" TIMESTAMPTZ(6) NOT NULL,
    "effective_at" TIMESTAMPTZ(6),
    "verified_at" TIMESTAMPTZ(6),
    "regrowth_until" TIMESTAMPTZ(6),
    "blast_radius" JSONB NOT NULL DEFAULT '{}',
    "in_flight" JSONB NOT NULL DEFAULT '[]',
    "undone_by" UUID,

    CONSTRAINT "revocations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revocation_steps" (
    "id" UUID NOT NULL,
    "revocation_id" UUID NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "system" TEXT NOT NULL,
    "connector_id" UUID,
    "verb" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'requested',
    "title" TEXT NOT NULL,
    "detail" TEXT,
    "proof" JSONB,
    "residuals" JSONB NOT NULL DEFAULT '[]',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(6),
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "revocation_steps_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "coverage_snapshots" (
    "id" UUID NOT NULL,
    "week_of" DATE NOT NULL,
    "taken_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "actor_name" TEXT NOT NULL,
    "totals" JSONB NOT NULL,
    "sources" JSONB NOT NULL,

    CONSTRAINT "coverage_snapshots_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "coverage_rows" (
    "snapshot_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "owner" TEXT,
    "visibility" INTEGER NOT NULL,
    "tests" JSONB NOT NULL,
    "gaps" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "facts" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "coverage_rows_pkey" PRIMARY KEY ("snapshot_id","identity_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "operators_email_key" ON "operators"("email");

-- CreateIndex
CREATE INDEX "operator_sessions_operator_id_created_at_idx" ON "operator_sessions"("operator_id", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "api_tokens_hash_key" ON "api_tokens"("hash");

-- CreateIndex
CREATE INDEX "audit_entries_target_id_id_idx" ON "audit_entries"("target_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "connectors_name_key" ON "connectors"("name");

-- CreateIndex
CREATE INDEX "identities_last_seen_at_id_idx" ON "identities"("last_seen_at", "id");

-- CreateIndex
CREATE INDEX "identities_name_id_idx" ON "identities"("name", "id");

-- CreateIndex
CREATE INDEX "unlinked_names_identity_id_idx" ON "unlinked_names"("identity_id");

-- CreateIndex
CREATE INDEX "identity_aliases_identity_id_idx" ON "identity_aliases"("identity_id");

-- CreateIndex
CREATE INDEX "credentials_identity_id_idx" ON "credentials"("identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "credentials_source_external_id_identity_id_key" ON "credentials"("source", "external_id", "identity_id");

-- CreateIndex
CREATE UNIQUE INDEX "workflows_name_key" ON "workflows"("name");

-- CreateIndex
CREATE INDEX "workflow_members_identity_id_idx" ON "workflow_members"("identity_id");

-- CreateIndex
CREATE INDEX "sessions_identity_id_started_at_id_idx" ON "sessions"("identity_id", "started_at", "id");

-- CreateIndex
CREATE INDEX "sessions_source_group_key_idx" ON "sessions"("source", "group_key");

-- CreateIndex
CREATE INDEX "sessions_connector_id_idx" ON "sessions"("connector_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_identity_id_source_group_key_started_at_key" ON "sessions"("identity_id", "source", "group_key", "started_at");

-- CreateIndex
CREATE INDEX "session_events_identity_id_at_idx" ON "session_events"("identity_id", "at");

-- CreateIndex
CREATE INDEX "session_events_session_id_at_idx" ON "session_events"("session_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "policy_sets_name_version_key" ON "policy_sets"("name", "version");

-- CreateIndex
CREATE INDEX "policy_exemptions_policy_set_until_idx" ON "policy_exemptions"("policy_set", "until");

-- CreateIndex
CREATE INDEX "policy_exemptions_identity_id_idx" ON "policy_exemptions"("identity_id");

-- CreateIndex
CREATE INDEX "policy_backtests_policy_set_requested_at_idx" ON "policy_backtests"("policy_set", "requested_at");

-- CreateIndex
CREATE INDEX "exposures_meter_scope_key_idx" ON "exposures"("meter", "scope", "key");

-- CreateIndex
CREATE INDEX "exposures_identity_ids_idx" ON "exposures" USING GIN ("identity_ids");

-- CreateIndex
CREATE INDEX "holds_expires_at_idx" ON "holds"("expires_at");

-- CreateIndex
CREATE INDEX "hold_lines_exposure_id_idx" ON "hold_lines"("exposure_id");

-- CreateIndex
CREATE INDEX "decisions_id_idx" ON "decisions"("id");

-- CreateIndex
CREATE INDEX "decisions_session_id_id_idx" ON "decisions"("session_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "checkpoint_heads_writer_key" ON "checkpoint_heads"("writer");

-- CreateIndex
CREATE INDEX "verifications_started_at_idx" ON "verifications"("started_at");

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "access_requests_approval_id_key" ON "access_requests"("approval_id");

-- CreateIndex
CREATE INDEX "access_requests_state_id_idx" ON "access_requests"("state", "id");

-- CreateIndex
CREATE INDEX "access_requests_identity_id_id_idx" ON "access_requests"("identity_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "access_requests_token_id_idempotency_key_key" ON "access_requests"("token_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "allotments_token_id_id_idx" ON "allotments"("token_id", "id");

-- CreateIndex
CREATE INDEX "allotments_state_expires_at_idx" ON "allotments"("state", "expires_at");

-- CreateIndex
CREATE INDEX "blind_transactions_reported_at_idx" ON "blind_transactions"("reported_at");

-- CreateIndex
CREATE INDEX "findings_state_last_seen_at_idx" ON "findings"("state", "last_seen_at");

-- CreateIndex
CREATE UNIQUE INDEX "findings_identity_id_detector_cause_key" ON "findings"("identity_id", "detector", "cause");

-- CreateIndex
CREATE INDEX "notes_target_id_id_idx" ON "notes"("target_id", "id");

-- CreateIndex
CREATE INDEX "revocations_identity_id_id_idx" ON "revocations"("identity_id", "id");

-- CreateIndex
CREATE INDEX "revocations_state_idx" ON "revocations"("state");

-- CreateIndex
CREATE UNIQUE INDEX "revocation_steps_revocation_id_ordinal_key" ON "revocation_steps"("revocation_id", "ordinal");

-- CreateIndex
CREATE INDEX "coverage_snapshots_taken_at_idx" ON "coverage_snapshots"("taken_at");

-- AddForeignKey
ALTER TABLE "operator_sessions" ADD CONSTRAINT "operator_sessions_operator_id_fkey" FOREIGN KEY ("operator_id") REFERENCES "operators"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "unlinked_names" ADD CONSTRAINT "unlinked_names_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "identity_aliases" ADD CONSTRAINT "identity_aliases_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "credentials" ADD CONSTRAINT "credentials_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_members" ADD CONSTRAINT "workflow_members_workflow_id_fkey" FOREIGN KEY ("workflow_id") REFERENCES "workflows"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workflow_members" ADD CONSTRAINT "workflow_members_identity_id_fkey" FOREIGN KEY ("identity_id") REFERENCES "identities"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "hold_lines" ADD CONSTRAINT "hold_lines_hold_id_fkey" FOREIGN KEY ("hold_id") REFERENCES "holds"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revocation_steps" ADD CONSTRAINT "revocation_steps_revocation_id_fkey" FOREIGN KEY ("revocation_id") REFERENCES "revocations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "coverage_rows" ADD CONSTRAINT "coverage_rows_snapshot_id_fkey" FOREIGN KEY ("snapshot_id") REFERENCES "coverage_snapshots"("id") ON DELETE CASCADE ON UPDATE CASCADE;

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
