-- AlterTable
ALTER TABLE "response_rules" ADD COLUMN     "policy_set" TEXT,
ADD COLUMN     "for_secs" INTEGER NOT NULL DEFAULT 0;
