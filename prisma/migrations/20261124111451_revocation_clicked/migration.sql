-- AlterTable
ALTER TABLE "revocations" ADD COLUMN     "clicked_at" TIMESTAMPTZ(6);
