-- CreateTable
CREATE TABLE "asked_again" (
    "session_id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "decision_id" UUID NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "because" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "policy_set" TEXT,
    "rule_id" TEXT,
    "message" TEXT,
    "done" JSONB NOT NULL DEFAULT '[]',

    CONSTRAINT "asked_again_pkey" PRIMARY KEY ("session_id")
);

-- CreateIndex
CREATE INDEX "asked_again_decision_id_idx" ON "asked_again"("decision_id");
