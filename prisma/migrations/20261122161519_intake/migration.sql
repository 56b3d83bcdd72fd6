-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "abandoned_at" TIMESTAMPTZ(6);

-- AlterTable
ALTER TABLE "event_batches" ADD COLUMN     "connector_id" UUID,
ADD COLUMN     "mapping" TEXT,
ADD COLUMN     "sealed" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "findings" ADD COLUMN     "impact" TEXT[] DEFAULT ARRAY[]::TEXT[];

-- CreateTable
CREATE TABLE "connector_pulls" (
    "connector_id" UUID NOT NULL,
    "what" TEXT NOT NULL,
    "cursor" TEXT,
    "behind" BOOLEAN NOT NULL DEFAULT false,
    "answered_at" TIMESTAMPTZ(6),
    "moved_at" TIMESTAMPTZ(6),
    "event_at" TIMESTAMPTZ(6),
    "taken" BIGINT NOT NULL DEFAULT 0,
    "held_until" TIMESTAMPTZ(6),
    "held_for" TEXT,
    "held_reason" TEXT,
    "resynced_at" TIMESTAMPTZ(6),

    CONSTRAINT "connector_pulls_pkey" PRIMARY KEY ("connector_id","what")
);

-- CreateTable
CREATE TABLE "event_mappings" (
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "sample" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "reason" TEXT,
    "retired_at" TIMESTAMPTZ(6),
    "retired_by" TEXT,

    CONSTRAINT "event_mappings_pkey" PRIMARY KEY ("name","version")
);

-- CreateTable
CREATE TABLE "zones" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "purpose" TEXT,
    "networks" TEXT[],
    "regions" TEXT[],
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "created_by" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_by" TEXT NOT NULL,

    CONSTRAINT "zones_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity_merges" (
    "id" UUID NOT NULL,
    "from_id" UUID NOT NULL,
    "into_id" UUID NOT NULL,
    "aliases" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "by_name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "undone_at" TIMESTAMPTZ(6),
    "undone_by" TEXT,

    CONSTRAINT "identity_merges_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "zones_name_key" ON "zones"("name");

-- CreateIndex
CREATE INDEX "identity_merges_from_id_idx" ON "identity_merges"("from_id");

-- CreateIndex
CREATE INDEX "identity_merges_into_id_idx" ON "identity_merges"("into_id");

-- AddForeignKey
ALTER TABLE "connector_pulls" ADD CONSTRAINT "connector_pulls_connector_id_fkey" FOREIGN KEY ("connector_id") REFERENCES "connectors"("id") ON DELETE CASCADE ON UPDATE CASCADE;
