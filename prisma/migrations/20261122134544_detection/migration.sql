-- CreateTable
CREATE TABLE "envelopes" (
    "identity_id" UUID NOT NULL,
    "learned" JSONB NOT NULL DEFAULT '{}',
    "pending_from" TIMESTAMPTZ(6),
    "pending_to" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "envelopes_pkey" PRIMARY KEY ("identity_id")
);

-- CreateTable
CREATE TABLE "hunts" (
    "id" UUID NOT NULL,
    "detectors" TEXT[],
    "identity_id" UUID,
    "from" TIMESTAMPTZ(6) NOT NULL,
    "to" TIMESTAMPTZ(6) NOT NULL,
    "raises" BOOLEAN NOT NULL DEFAULT false,
    "state" TEXT NOT NULL DEFAULT 'running',
    "progress" JSONB NOT NULL DEFAULT '{}',
    "found" JSONB NOT NULL DEFAULT '[]',
    "error" TEXT,
    "actor_name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "finished_at" TIMESTAMPTZ(6),

    CONSTRAINT "hunts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "lanes" (
    "identity_id" UUID NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "held" TEXT NOT NULL,
    "shares" JSONB NOT NULL DEFAULT '{}',
    "by_name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "lanes_pkey" PRIMARY KEY ("identity_id","fingerprint")
);

-- Stretches of events that detection has still to read; what events say of the life of a credential, by its name.
CREATE INDEX envelopes_pending ON envelopes (identity_id) WHERE pending_from IS NOT NULL;
CREATE INDEX session_events_life ON session_events ((told -> 'life' ->> 'externalId')) WHERE told ? 'life';
ALTER TABLE hunts ADD CHECK (state IN ('running', 'done', 'failed', 'stopped'));
ALTER TABLE lanes ADD CHECK (held IN ('operator', 'attacker', 'unknown'));
