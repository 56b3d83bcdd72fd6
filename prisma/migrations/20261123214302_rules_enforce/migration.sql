-- AlterTable
ALTER TABLE "response_rules" ADD COLUMN     "for_secs" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "policy_set" TEXT;
