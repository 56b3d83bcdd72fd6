-- AlterTable
ALTER TABLE "connectors" ADD COLUMN     "system" TEXT;
