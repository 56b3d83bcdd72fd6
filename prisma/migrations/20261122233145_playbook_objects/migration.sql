-- AlterTable
ALTER TABLE "playbooks" ADD COLUMN     "granted" JSONB;

-- CreateTable
CREATE TABLE "playbook_objects" (
    "id" UUID NOT NULL,
    "playbook_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "ref" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "linked_at" TIMESTAMPTZ(6) NOT NULL,
    "linked_by" TEXT NOT NULL,
    "removed_at" TIMESTAMPTZ(6),
    "removed_by" TEXT,
    "removed_reason" TEXT,

    CONSTRAINT "playbook_objects_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "playbook_objects_playbook_id_kind_ref_key" ON "playbook_objects"("playbook_id", "kind", "ref");

-- AddForeignKey
ALTER TABLE "playbook_objects" ADD CONSTRAINT "playbook_objects_playbook_id_fkey" FOREIGN KEY ("playbook_id") REFERENCES "playbooks"("id") ON DELETE CASCADE ON UPDATE CASCADE;
