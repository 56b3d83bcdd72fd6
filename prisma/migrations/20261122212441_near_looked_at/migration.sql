-- AlterTable
ALTER TABLE "near_exposures" ADD COLUMN     "checked_at" TIMESTAMPTZ(6),
ADD COLUMN     "revision" BIGINT NOT NULL DEFAULT -1;
