-- CreateTable
CREATE TABLE "consents" (
    "id" UUID NOT NULL,
    "source" TEXT NOT NULL,
    "app" TEXT NOT NULL,
    "grantor" TEXT NOT NULL,
    "identity_id" UUID NOT NULL,
    "scopes" TEXT[],
    "at" TIMESTAMPTZ(6) NOT NULL,
    "until" TIMESTAMPTZ(6),
    "event_id" UUID NOT NULL,
    "revoked_at" TIMESTAMPTZ(6),
    "revoked_by" TEXT,
    "revoked_how" TEXT,

    CONSTRAINT "consents_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "consents_identity_id_idx" ON "consents"("identity_id");

-- CreateIndex
CREATE INDEX "consents_at_id_idx" ON "consents"("at", "id");
