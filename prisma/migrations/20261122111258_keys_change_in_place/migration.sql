-- DropIndex
DROP INDEX "idempotency_keys_created_at_idx";

-- CreateIndex
CREATE INDEX "idempotency_keys_created_at_idx" ON "idempotency_keys" USING BRIN ("created_at");
