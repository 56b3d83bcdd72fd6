-- AlterTable
ALTER TABLE "consents" ADD COLUMN     "connector_id" UUID;

-- AlterTable
ALTER TABLE "revocations" ADD COLUMN     "signal_id" UUID;

-- AlterTable
ALTER TABLE "responses" ALTER COLUMN "identity_id" DROP NOT NULL;

-- CreateIndex
CREATE INDEX "identities_purpose_until_idx" ON "identities"("purpose_until");
