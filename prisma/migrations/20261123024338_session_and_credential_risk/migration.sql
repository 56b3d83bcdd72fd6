-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "credential_risks" JSONB;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "risk" TEXT,
ADD COLUMN     "said_risk" JSONB;
