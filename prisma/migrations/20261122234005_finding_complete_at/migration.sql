-- AlterTable
ALTER TABLE "findings" ADD COLUMN     "complete_at" TIMESTAMPTZ(6);
