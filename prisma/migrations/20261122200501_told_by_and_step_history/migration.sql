-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "told_by" UUID[] DEFAULT ARRAY[]::UUID[];

-- AlterTable
ALTER TABLE "revocations" ADD COLUMN     "history" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "revocation_steps" ADD COLUMN     "history" JSONB NOT NULL DEFAULT '[]';

-- Sessions that only one connector's own log told of are that connector's: counted and listed with those it lists.
CREATE INDEX sessions_told_by ON sessions ((told_by[1])) WHERE cardinality(told_by) = 1 AND connector_id IS NULL;
