-- AlterTable
ALTER TABLE "audit_entries" ADD COLUMN     "grant_id" UUID;

-- CreateTable
CREATE TABLE "access_grants" (
    "id" UUID NOT NULL,
    "operator_id" UUID NOT NULL,
    "operator_name" TEXT NOT NULL,
    "session_id" UUID NOT NULL,
    "standing" TEXT NOT NULL,
    "asked_role" TEXT NOT NULL,
    "asked_minutes" INTEGER NOT NULL,
    "reason" TEXT NOT NULL,
    "about_type" TEXT,
    "about_id" UUID,
    "about_name" TEXT,
    "state" TEXT NOT NULL DEFAULT 'asked',
    "asked_at" TIMESTAMPTZ(3) NOT NULL,
    "lapses_at" TIMESTAMPTZ(3) NOT NULL,
    "answered_at" TIMESTAMPTZ(3),
    "answered_by_id" TEXT,
    "answered_by" TEXT,
    "answer" TEXT,
    "role" TEXT,
    "until" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,
    "ended_how" TEXT,
    "end_reason" TEXT,

    CONSTRAINT "access_grants_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "access_grants_state_id_idx" ON "access_grants"("state", "id");

-- CreateIndex
CREATE INDEX "access_grants_session_id_state_idx" ON "access_grants"("session_id", "state");

-- CreateIndex
CREATE INDEX "access_grants_operator_id_state_idx" ON "access_grants"("operator_id", "state");

-- CreateIndex
CREATE INDEX "audit_entries_grant_id_id_idx" ON "audit_entries"("grant_id", "id");
