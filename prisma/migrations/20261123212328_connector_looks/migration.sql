-- CreateTable
CREATE TABLE "connector_looks" (
    "connector_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "page" INTEGER NOT NULL,
    "look_id" UUID NOT NULL,
    "sealed_page" BYTEA NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "connector_looks_pkey" PRIMARY KEY ("connector_id","name","page")
);

-- CreateIndex
CREATE INDEX "connector_looks_at_idx" ON "connector_looks"("at");

-- AddForeignKey
ALTER TABLE "connector_looks" ADD CONSTRAINT "connector_looks_connector_id_fkey" FOREIGN KEY ("connector_id") REFERENCES "connectors"("id") ON DELETE CASCADE ON UPDATE CASCADE;
