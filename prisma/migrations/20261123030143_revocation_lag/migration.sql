-- AlterTable
ALTER TABLE "identities" ADD COLUMN     "revocation_lag_secs" INTEGER;
