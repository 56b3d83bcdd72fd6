-- CreateTable
CREATE TABLE "response_rules" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'disabled',
    "detectors" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "min_severity" TEXT NOT NULL,
    "kinds" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "environments" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "owners" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "names" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "action" TEXT NOT NULL,
    "delay_secs" INTEGER NOT NULL DEFAULT 0,
    "undo_secs" INTEGER NOT NULL DEFAULT 3600,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "response_rules_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "responses" (
    "id" UUID NOT NULL,
    "origin" TEXT NOT NULL,
    "rule_id" UUID,
    "finding_id" UUID,
    "occurrence" INTEGER,
    "identity_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "radius" JSONB NOT NULL DEFAULT '{}',
    "state" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "detail" TEXT,
    "asked_at" TIMESTAMPTZ(6) NOT NULL,
    "asked_by_id" TEXT,
    "asked_by" TEXT NOT NULL,
    "due_at" TIMESTAMPTZ(6),
    "undo_until" TIMESTAMPTZ(6),
    "decided_at" TIMESTAMPTZ(6),
    "decided_by" TEXT,
    "done_at" TIMESTAMPTZ(6),
    "revocation_ids" UUID[] DEFAULT ARRAY[]::UUID[],
    "playbook_id" UUID,

    CONSTRAINT "responses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "playbooks" (
    "id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "finding_id" UUID,
    "state" TEXT NOT NULL DEFAULT 'open',
    "since" TIMESTAMPTZ(6) NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "started_by" TEXT NOT NULL,
    "contained_at" TIMESTAMPTZ(6),
    "contained_by" TEXT,
    "summary" TEXT,

    CONSTRAINT "playbooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "playbook_steps" (
    "playbook_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "evidence" JSONB NOT NULL DEFAULT '{}',
    "reason" TEXT,
    "at" TIMESTAMPTZ(6),
    "by" TEXT,

    CONSTRAINT "playbook_steps_pkey" PRIMARY KEY ("playbook_id","kind")
);

-- CreateIndex
CREATE INDEX "responses_state_id_idx" ON "responses"("state", "id");

-- CreateIndex
CREATE INDEX "responses_finding_id_idx" ON "responses"("finding_id");

-- CreateIndex
CREATE INDEX "responses_done_at_idx" ON "responses"("done_at");

-- CreateIndex
CREATE UNIQUE INDEX "responses_rule_id_finding_id_occurrence_key" ON "responses"("rule_id", "finding_id", "occurrence");

-- CreateIndex
CREATE INDEX "playbooks_identity_id_id_idx" ON "playbooks"("identity_id", "id");

-- CreateIndex
CREATE INDEX "playbooks_finding_id_idx" ON "playbooks"("finding_id");

-- CreateIndex
CREATE INDEX "playbooks_state_id_idx" ON "playbooks"("state", "id");

-- AddForeignKey
ALTER TABLE "playbook_steps" ADD CONSTRAINT "playbook_steps_playbook_id_fkey" FOREIGN KEY ("playbook_id") REFERENCES "playbooks"("id") ON DELETE CASCADE ON UPDATE CASCADE;
