import { z } from 'zod';
import {
  IDENTITY_KINDS,
  REVOCATION_KINDS,
  REVOCATION_STATES,
  type RevocationKind,
  reasonCodeSchema,
  requestedSchema,
} from '@/lib/revocations/model';

// One action over many: what is asked, which rows it takes and which it leaves out, and how far it has come.

/** Identities or sessions one action takes. */
export const MOST_AT_ONCE = 200;

const id = z.uuid();
const text = (most: number) => z.string().max(most);
const ids = (what: string) => z.array(id).min(1, `names no ${what}`).max(MOST_AT_ONCE);
const rest = {
  reasonCode: reasonCodeSchema.default('unexpected_behaviour'),
  reason: text(2000).trim().default(''),
  /** Everything is looked up and nothing is changed; the audit says that it was a dry run. */
  dryRun: z.boolean().default(false),
  /** Names the action (a UUID of the caller’s): asked again under it, what was begun is answered and the rest goes on. */
  actionId: id.optional(),
};

export const bulkInputSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('terminate'), sessionIds: ids('session'), ...rest }),
  z.strictObject({ kind: z.enum(IDENTITY_KINDS), identityIds: ids('identity'), ...rest }),
]);
export type BulkInput = z.input<typeof bulkInputSchema>;
export type BulkGiven = z.output<typeof bulkInputSchema>;

const radiusSchema = z.strictObject({
  identities: z.number().int(),
  sessions: z.number().int(),
  systems: z.number().int(),
});
/** How much an action reaches: identities, live sessions, connected systems. */
export type Radius = z.infer<typeof radiusSchema>;

const rowSchema = z.strictObject({
  /** Of the identity; of the session where sessions are ended. */
  id,
  name: text(512),
  identityId: id.nullable(),
  identityName: text(512),
  state: text(20),
  /** Live sessions it takes with it. */
  sessions: z.number().int(),
  systems: z.array(text(200)).max(200),
  eligible: z.boolean(),
  /** Why it is left out. */
  why: text(500).nullable(),
  /** What will not end, or can't be proven, although it is taken. */
  limits: text(500).nullable(),
  revocationId: id.nullable(),
});
export type BulkRow = z.infer<typeof rowSchema>;

export const bulkResultSchema = z.strictObject({
  kind: z.enum(REVOCATION_KINDS),
  /** The name of this action, and of one that is to be done as it was previewed. */
  actionId: id,
  /** true: this is what would be done; nothing was changed. */
  dryRun: z.boolean(),
  rows: z.array(rowSchema).max(MOST_AT_ONCE),
  eligible: z.number().int(),
  skipped: z.number().int(),
  radius: radiusSchema,
  /** Why a second operator has to agree; null: nobody has to. */
  second: text(500).nullable(),
  revocationIds: z.array(id).max(MOST_AT_ONCE),
});
export type BulkResult = z.infer<typeof bulkResultSchema>;

/** What was begun, or with `dryRun` what would be done. */
export const askedSchema = z.union([requestedSchema, bulkResultSchema]);

/** Several revocations: by their ids, or all of one action over many. */
export const progressQuerySchema = z
  .strictObject({
    ids: text(8_000)
      .transform((list) => list.split(','))
      .pipe(ids('revocation'))
      .optional(),
    actionId: id.optional(),
  })
  .refine((query) => (query.ids === undefined) !== (query.actionId === undefined), {
    message: 'names ids or an actionId',
  });
const state = z.enum([...REVOCATION_STATES, 'regrown']);
export const progressSchema = z.strictObject({
  /** Those still on the way first; at most 200 of `total`. */
  items: z
    .array(
      z.strictObject({
        id,
        identityId: id,
        identityName: text(512),
        state,
        /** Milliseconds from the click to the proof. */
        verifiedMs: z.number().nullable(),
      }),
    )
    .max(MOST_AT_ONCE),
  total: z.number().int(),
  /** Has come as far as it goes by itself: verified, residual, unverifiable, failed or regrown. */
  settled: z.number().int(),
  verified: z.number().int(),
  /** Of one action: identities or sessions it left out when it was last asked, and why. */
  leftOut: z
    .array(z.strictObject({ id, name: text(512), why: text(500), session: z.boolean() }))
    .max(MOST_AT_ONCE)
    .optional(),
});
export type Progress = z.infer<typeof progressSchema>;

export const hitsQuerySchema = z.strictObject({
  identityIds: text(1_000)
    .transform((list) => list.split(','))
    .pipe(z.array(id).min(1).max(20)),
});
export const hitsSchema = z.strictObject({
  systems: z
    .array(
      z.strictObject({
        connectorId: id,
        name: text(200),
        hits: z
          .array(
            z.strictObject({
              what: text(300),
              why: text(500),
              externalId: text(512).optional(),
              sessions: z.number().int().optional(),
            }),
          )
          .max(100),
        /** Why it could not be asked; null: it was. */
        why: text(300).nullable(),
        /** It has no way of saying: what its connector declares is all that is known. */
        mute: z.boolean().optional(),
      }),
    )
    .max(200),
});
/** What the systems themselves say would be hit beside the identities. */
export type Hits = z.infer<typeof hitsSchema>;

export const opensAccess = (kind: RevocationKind): boolean => kind === 'resume' || kind === 'restore';
