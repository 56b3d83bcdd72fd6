-- CreateTable
CREATE TABLE "rotated_secrets" (
    "id" UUID NOT NULL,
    "revocation_id" UUID NOT NULL,
    "connector_id" UUID NOT NULL,
    "external_id" TEXT NOT NULL,
    "sealed" TEXT,
    "made" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "taken_at" TIMESTAMPTZ(6),
    "taken_by" TEXT,

    CONSTRAINT "rotated_secrets_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "rotated_secrets_created_at_idx" ON "rotated_secrets"("created_at");

-- CreateIndex
CREATE UNIQUE INDEX "rotated_secrets_revocation_id_connector_id_external_id_key" ON "rotated_secrets"("revocation_id", "connector_id", "external_id");
