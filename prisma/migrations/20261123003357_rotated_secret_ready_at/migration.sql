-- AlterTable
ALTER TABLE "rotated_secrets" ADD COLUMN     "ready_at" TIMESTAMPTZ(6);
