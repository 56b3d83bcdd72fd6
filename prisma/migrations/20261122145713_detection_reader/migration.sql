-- AlterTable
ALTER TABLE "envelopes" ADD COLUMN     "came_from" TIMESTAMPTZ(6),
ADD COLUMN     "reader" UUID;
