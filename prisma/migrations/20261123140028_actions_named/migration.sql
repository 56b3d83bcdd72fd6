-- AlterTable
ALTER TABLE "revocations" ADD COLUMN     "action_id" UUID;

-- CreateIndex
CREATE INDEX "revocations_action_id_id_idx" ON "revocations"("action_id", "id");
