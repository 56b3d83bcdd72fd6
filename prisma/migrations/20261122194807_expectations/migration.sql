-- CreateTable
CREATE TABLE "expectations" (
    "id" UUID NOT NULL,
    "identity_id" UUID NOT NULL,
    "detector" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "networks" TEXT[],
    "agents" TEXT[],
    "finding_id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "expectations_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "expectations_identity_id_idx" ON "expectations"("identity_id");

-- CreateIndex
CREATE INDEX "expectations_finding_id_idx" ON "expectations"("finding_id");
