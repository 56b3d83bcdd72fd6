-- CreateTable
CREATE TABLE "connector_notes" (
    "connector_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "sealed_value" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "connector_notes_pkey" PRIMARY KEY ("connector_id","key")
);

-- AddForeignKey
ALTER TABLE "connector_notes" ADD CONSTRAINT "connector_notes_connector_id_fkey" FOREIGN KEY ("connector_id") REFERENCES "connectors"("id") ON DELETE CASCADE ON UPDATE CASCADE;
