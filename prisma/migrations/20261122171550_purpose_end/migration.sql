-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "purpose_until" TIMESTAMPTZ(6);
