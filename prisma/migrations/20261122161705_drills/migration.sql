-- AlterTable
ALTER TABLE "revocations" ADD COLUMN     "drill" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "due_at" TIMESTAMPTZ(6) DEFAULT CURRENT_TIMESTAMP;

-- AlterTable
ALTER TABLE "revocation_steps" ADD COLUMN     "not_before" TIMESTAMPTZ(6);

-- CreateTable
CREATE TABLE "drills" (
    "id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "identity_id" UUID,
    "revocation_id" UUID,
    "canary" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "asked" TEXT NOT NULL,
    "actor_name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'running',
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "clicked_at" TIMESTAMPTZ(6),
    "refused_ms" INTEGER,
    "dead_ms" INTEGER,
    "verified_ms" INTEGER,
    "restored_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "detail" TEXT,
    "observations" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "drills_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "drill_schedules" (
    "connector_id" UUID NOT NULL,
    "every" TEXT NOT NULL DEFAULT 'off',
    "next_at" TIMESTAMPTZ(6),

    CONSTRAINT "drill_schedules_pkey" PRIMARY KEY ("connector_id")
);

-- CreateIndex
CREATE INDEX "drills_connector_id_id_idx" ON "drills"("connector_id", "id");

-- CreateIndex
CREATE INDEX "drills_state_idx" ON "drills"("state");

-- CreateIndex
CREATE INDEX "revocations_due_at_idx" ON "revocations"("due_at");
