-- AlterTable
ALTER TABLE "response_rules" ADD COLUMN     "again_after_secs" INTEGER NOT NULL DEFAULT 3600;

-- AlterTable
ALTER TABLE "responses" ADD COLUMN     "times" INTEGER NOT NULL DEFAULT 1;
