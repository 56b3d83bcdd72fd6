-- CreateTable
CREATE TABLE "decision_hours" (
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "token_id" UUID NOT NULL,
    "policy_set" TEXT NOT NULL,
    "rule_id" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "n" INTEGER NOT NULL,
    "split" INTEGER NOT NULL,
    "latency" INTEGER[],

    CONSTRAINT "decision_hours_pkey" PRIMARY KEY ("hour","token_id","policy_set","rule_id","verdict")
);
