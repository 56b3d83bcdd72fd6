-- AlterTable
ALTER TABLE "response_rules" ADD COLUMN     "for_secs" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "policy_set" TEXT;

-- CreateTable
CREATE TABLE "connector_listings" (
    "connector_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "sealed_part" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "connector_listings_pkey" PRIMARY KEY ("connector_id","what")
);

-- AddForeignKey
ALTER TABLE "connector_listings" ADD CONSTRAINT "connector_listings_connector_id_fkey" FOREIGN KEY ("connector_id") REFERENCES "connectors"("id") ON DELETE CASCADE ON UPDATE CASCADE;
