-- AlterTable
ALTER TABLE "blind_transactions" ADD COLUMN     "body_hash" BYTEA;
