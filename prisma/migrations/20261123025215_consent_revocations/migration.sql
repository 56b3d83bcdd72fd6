-- AlterTable
ALTER TABLE "revocations" ADD COLUMN     "consent_id" UUID;
