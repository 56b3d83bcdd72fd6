-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "risk" TEXT;

-- CreateTable
CREATE TABLE "signal_receivers" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "audience" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "own_network" BOOLEAN NOT NULL DEFAULT false,
    "ca" TEXT,
    "streams_most" INTEGER NOT NULL DEFAULT 5,
    "state" TEXT NOT NULL DEFAULT 'enabled',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "last_seen_at" TIMESTAMPTZ(6),

    CONSTRAINT "signal_receivers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signal_grants" (
    "hash" TEXT NOT NULL,
    "receiver_id" UUID NOT NULL,
    "scopes" TEXT[],
    "issued_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "signal_grants_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "signal_keys" (
    "id" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "sealed_private" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "used_from" TIMESTAMPTZ(6) NOT NULL,
    "shown_until" TIMESTAMPTZ(6),

    CONSTRAINT "signal_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signal_streams" (
    "id" UUID NOT NULL,
    "receiver_id" UUID NOT NULL,
    "audience" TEXT NOT NULL,
    "events_requested" TEXT[],
    "method" TEXT NOT NULL,
    "endpoint_url" TEXT,
    "sealed_header" TEXT,
    "description" TEXT,
    "status" TEXT NOT NULL DEFAULT 'enabled',
    "status_reason" TEXT,
    "status_at" TIMESTAMPTZ(6),
    "active_at" TIMESTAMPTZ(6) NOT NULL,
    "verified_at" TIMESTAMPTZ(6),
    "asked_at" TIMESTAMPTZ(6),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(6),
    "held_until" TIMESTAMPTZ(6),
    "last_answer" TEXT,
    "last_answer_at" TIMESTAMPTZ(6),
    "last_delivered_at" TIMESTAMPTZ(6),
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "signal_streams_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signal_subjects" (
    "stream_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "subject" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "verified" BOOLEAN,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "signal_subjects_pkey" PRIMARY KEY ("stream_id","key")
);

-- CreateTable
CREATE TABLE "signals_out" (
    "id" UUID NOT NULL,
    "stream_id" UUID NOT NULL,
    "subject_key" TEXT NOT NULL,
    "event" TEXT NOT NULL,
    "txn" TEXT NOT NULL,
    "claims" JSONB NOT NULL,
    "control" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'waiting',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "last_tried_at" TIMESTAMPTZ(6),
    "delivered_at" TIMESTAMPTZ(6),
    "error" JSONB,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "signals_out_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signal_sources" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "audience" TEXT,
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "stream_id" TEXT,
    "method" TEXT NOT NULL,
    "poll_url" TEXT,
    "push_hash" TEXT,
    "sealed_secrets" TEXT,
    "config" JSONB NOT NULL,
    "namespace" TEXT NOT NULL DEFAULT 'default',
    "state" TEXT NOT NULL DEFAULT 'enabled',
    "state_reason" TEXT,
    "verify_hash" TEXT,
    "verify_asked_at" TIMESTAMPTZ(6),
    "verified_at" TIMESTAMPTZ(6),
    "poll_due_at" TIMESTAMPTZ(6),
    "last_polled_at" TIMESTAMPTZ(6),
    "last_received_at" TIMESTAMPTZ(6),
    "failures" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(6),
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,

    CONSTRAINT "signal_sources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signals_in" (
    "id" UUID NOT NULL,
    "source_id" UUID NOT NULL,
    "jti" TEXT,
    "txn" TEXT,
    "event" TEXT,
    "subject" JSONB,
    "claims" JSONB,
    "state" TEXT NOT NULL DEFAULT 'received',
    "outcome" TEXT NOT NULL,
    "err" TEXT,
    "identity_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "revocation_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "done_at" TIMESTAMPTZ(6),

    CONSTRAINT "signals_in_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity_risks" (
    "identity_id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "previous" TEXT,
    "reason" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "identity_risks_pkey" PRIMARY KEY ("identity_id","source")
);

-- CreateIndex
CREATE UNIQUE INDEX "signal_receivers_name_key" ON "signal_receivers"("name");

-- CreateIndex
CREATE UNIQUE INDEX "signal_receivers_audience_key" ON "signal_receivers"("audience");

-- CreateIndex
CREATE INDEX "signal_grants_expires_at_idx" ON "signal_grants"("expires_at");

-- CreateIndex
CREATE INDEX "signal_streams_receiver_id_idx" ON "signal_streams"("receiver_id");

-- CreateIndex
CREATE INDEX "signals_out_stream_id_state_id_idx" ON "signals_out"("stream_id", "state", "id");

-- CreateIndex
CREATE INDEX "signals_out_txn_idx" ON "signals_out"("txn");

-- CreateIndex
CREATE UNIQUE INDEX "signal_sources_name_key" ON "signal_sources"("name");

-- CreateIndex
CREATE INDEX "signals_in_state_id_idx" ON "signals_in"("state", "id");

-- CreateIndex
CREATE UNIQUE INDEX "signals_in_source_id_jti_key" ON "signals_in"("source_id", "jti");

-- AddForeignKey
ALTER TABLE "signal_grants" ADD CONSTRAINT "signal_grants_receiver_id_fkey" FOREIGN KEY ("receiver_id") REFERENCES "signal_receivers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal_streams" ADD CONSTRAINT "signal_streams_receiver_id_fkey" FOREIGN KEY ("receiver_id") REFERENCES "signal_receivers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signal_subjects" ADD CONSTRAINT "signal_subjects_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "signal_streams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signals_out" ADD CONSTRAINT "signals_out_stream_id_fkey" FOREIGN KEY ("stream_id") REFERENCES "signal_streams"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "signals_in" ADD CONSTRAINT "signals_in_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "signal_sources"("id") ON DELETE CASCADE ON UPDATE CASCADE;
