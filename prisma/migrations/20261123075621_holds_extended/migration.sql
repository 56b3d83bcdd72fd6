-- AlterTable
ALTER TABLE "holds" ADD COLUMN     "first_secs" INTEGER;
