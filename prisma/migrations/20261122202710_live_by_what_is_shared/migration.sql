-- This is an empty migration.

-- Live sessions by what several identities may share: a credential, a device, an owner.
CREATE INDEX sessions_live_key ON sessions (left(key, 80)) WHERE ended_at IS NULL AND key IS NOT NULL;
CREATE INDEX sessions_live_device ON sessions (device) WHERE ended_at IS NULL AND device IS NOT NULL;
CREATE INDEX identities_owner ON identities (owner) WHERE owner IS NOT NULL;
