-- AlterTable
ALTER TABLE "revocations" ADD COLUMN     "ended_again_at" TIMESTAMPTZ(6),
ADD COLUMN     "retried_at" TIMESTAMPTZ(6);
