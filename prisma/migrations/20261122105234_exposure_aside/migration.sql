-- AlterTable
ALTER TABLE "exposures" ADD COLUMN     "aside" BIGINT NOT NULL DEFAULT 0;
