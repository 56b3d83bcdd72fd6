import { z } from 'zod';
import { RECORDED_KINDS, REVOCATION_STATES } from '@/lib/revocations/model';

// What leaves over REST, strict: nothing that is not named here.

const id = z.uuid();
const text = (max: number) => z.string().max(max);
const proof = z.array(z.strictObject({ check: text(200), saw: text(500), at: text(40) })).max(50);
const stepSchema = z.strictObject({
  id,
  ordinal: z.number().int(),
  system: text(200),
  connectorId: id.nullable(),
  verb: text(20),
  state: z.enum(REVOCATION_STATES),
  title: text(300),
  detail: text(1000).nullable(),
  proof: proof.nullable(),
  residuals: z
    .array(z.strictObject({ what: text(300), why: text(500), until: text(40).nullable(), gap: text(4).optional() }))
    .max(100),
  attempts: z.number().int(),
  startedAt: text(40).nullable(),
  finishedAt: text(40).nullable(),
  history: z
    .array(
      z.strictObject({
        state: z.enum(REVOCATION_STATES),
        at: text(40),
        detail: text(1000).optional(),
        proof: proof.optional(),
        again: z.enum(['held', 'open']).optional(),
      }),
    )
    .max(100),
});

const row = {
  id,
  kind: z.enum(RECORDED_KINDS),
  identityId: id,
  identityName: text(512),
  sessionIds: z.array(id).max(200),
  state: z.enum([...REVOCATION_STATES, 'regrown']),
  reasonCode: text(40),
  reason: text(2000),
  actorName: text(200),
  requestedAt: text(40),
  effectiveAt: text(40).nullable(),
  verifiedAt: text(40).nullable(),
  clickedAt: text(40).nullable(),
  endedAgainAt: text(40).nullable(),
  regrowthUntil: text(40).nullable(),
  drill: z.boolean(),
  signalId: id.nullable(),
  actionId: id.nullable(),
  history: z.array(z.strictObject({ state: z.enum([...REVOCATION_STATES, 'regrown']), at: text(40) })).max(100),
  steps: z.array(stepSchema).max(200),
};
export const revocationRowSchema = z.strictObject(row);
export const blastRadiusSchema = z.strictObject({
  identity: z.strictObject({ id, name: text(512), state: text(20), protected: z.boolean() }),
  sessions: z
    .array(
      z.strictObject({
        id,
        label: text(200),
        source: text(40),
        canEnd: z.boolean(),
        why: text(300).nullable(),
        alone: z.boolean().optional(),
      }),
    )
    .max(200),
  sessionsTotal: z.number().int(),
  systems: z
    .array(
      z.strictObject({
        connectorId: id.nullable(),
        name: text(200),
        vendor: text(40),
        can: text(300),
        alsoHits: text(500),
        propagationMs: z.number(),
        slowMs: z.number().optional(),
        measured: z.boolean(),
        reversible: z.boolean(),
        irreversible: text(500).optional(),
        ends: z.enum(['session', 'credential', 'identity', 'role']).optional(),
        down: z.strictObject({ why: text(300), since: text(40).nullable() }).optional(),
        drillFailed: z.strictObject({ at: text(40), revocationId: id.nullable() }).optional(),
      }),
    )
    .max(200),
  livesOn: z
    .array(z.strictObject({ system: text(200), what: text(300), forMs: z.number().nullable(), gap: text(4) }))
    .max(400)
    .optional(),
  cannotEnd: z
    .array(
      z.strictObject({
        what: text(300),
        why: text(500),
        until: text(40).nullable(),
        instead: z.literal('revoke').optional(),
      }),
    )
    .max(200),
  second: text(500).optional(),
});
export const revocationDetailSchema = z.strictObject({
  ...row,
  actor: z.strictObject({ kind: text(20), id: text(100).nullable(), name: text(200) }),
  inFlight: z
    .array(
      z.strictObject({
        decisionId: id,
        at: text(40),
        action: text(200),
        resource: text(1024),
        amount: text(24).nullable(),
        unit: text(16).nullable(),
        scale: z.number().int(),
      }),
    )
    .max(200),
  blastRadius: blastRadiusSchema.nullable(),
  undoneBy: id.nullable(),
  identityState: text(20),
  protected: z.boolean(),
});

const propagation = { p50: z.number(), p95: z.number(), count: z.number().int() };
export const revocationSummarySchema = z.strictObject({
  total: z.number().int(),
  unfinished: z.number().int(),
  verified: z.number().int(),
  residual: z.number().int(),
  regrown: z.number().int(),
  clickToVerifiedMs: z.strictObject(propagation).nullable(),
  perConnector: z.array(z.strictObject({ connectorId: id, name: text(100), ...propagation })).max(200),
});
