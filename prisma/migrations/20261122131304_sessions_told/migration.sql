-- DropIndex
DROP INDEX "sessions_source_group_key_idx";

-- DropIndex
DROP INDEX "sessions_connector_id_idx";

-- DropIndex
DROP INDEX "sessions_identity_id_source_group_key_started_at_key";

-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "count_from" TIMESTAMPTZ(6);

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "bound_key" TEXT,
ADD COLUMN     "consent" JSONB,
ADD COLUMN     "dark" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "expires_at" TIMESTAMPTZ(6),
ADD COLUMN     "first_event" UUID,
ADD COLUMN     "lineage" TEXT,
ADD COLUMN     "parent_ref" TEXT,
ADD COLUMN     "run" TEXT,
ADD COLUMN     "told" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "unclosed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "session_events" ADD COLUMN     "credential_id" UUID,
ADD COLUMN     "told" JSONB;

-- CreateTable
CREATE TABLE "mints" (
    "source" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "session_id" UUID,
    "how" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6),

    CONSTRAINT "mints_pkey" PRIMARY KEY ("source","external_id")
);

-- CreateTable
CREATE TABLE "log_spans" (
    "source" TEXT NOT NULL,
    "from" TIMESTAMPTZ(6) NOT NULL,
    "to" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "log_spans_pkey" PRIMARY KEY ("source","from")
);

-- CreateTable
CREATE TABLE "event_batches" (
    "id" UUID NOT NULL,
    "token_id" UUID,
    "actor_name" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "bytes" INTEGER NOT NULL,
    "body" BYTEA,
    "state" TEXT NOT NULL DEFAULT 'received',
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "done_at" TIMESTAMPTZ(6),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "result" JSONB,
    "error" TEXT,

    CONSTRAINT "event_batches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "tails" (
    "path" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "cursor" JSONB NOT NULL DEFAULT '{}',
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "tails_pkey" PRIMARY KEY ("path")
);

-- CreateIndex
CREATE INDEX "mints_session_id_idx" ON "mints"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_source_group_key_identity_id_started_at_key" ON "sessions"("source", "group_key", "identity_id", "started_at");

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

-- An event's key becomes the id that is made of its time, source and vendor's event id: keys of one log lie side by side.
TRUNCATE event_keys;
INSERT INTO event_keys (hash, received_at)
SELECT DISTINCT ON (1) substring(int8send(k.ms) FROM 3 FOR 6) || set_byte(set_byte(k.h, 0, (get_byte(k.h, 0) & 15) | 128), 2, (get_byte(k.h, 2) & 63) | 128), day
FROM (SELECT floor(extract(epoch FROM at) * 1000)::bigint AS ms, day::timestamptz AS day,
        substring(sha256(convert_to(source, 'UTF8') || '\x00'::bytea || convert_to(event_id, 'UTF8') || '\x00'::bytea
          || convert_to(floor(extract(epoch FROM at) * 1000)::bigint::text, 'UTF8')) FROM 1 FOR 10) AS h
      FROM session_events) k;
UPDATE sessions SET unclosed = true WHERE observed_by = 'derived' AND ended_by IS DISTINCT FROM 'itself' AND source IN ('pgbouncer');
