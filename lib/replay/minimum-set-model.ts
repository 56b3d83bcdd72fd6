import { z } from 'zod';
import { bulkResultSchema } from '@/lib/revocations/bulk-model';
import { reasonCodeSchema } from '@/lib/revocations/model';

// Which sessions to end so that an exposure has room again, and what ending can not bring back. Minor units as decimal strings.

const id = z.string().max(64);
const text = z.string().max(1024);
const minor = z.string().regex(/^-?\d{1,20}$/);

export const minimumSetSchema = z.strictObject({
  exposureId: id,
  unit: z.string().max(16).nullable(),
  scale: z.number().int(),
  limit: minor.nullable(),
  standing: minor,
  /** Room that was asked for on top of what stands. */
  need: minor,
  /** How much has to be given back; 0: there is room. */
  missing: minor,
  /** Of what is held, allotted: it can be spent without asking until it is reported or its time is over, whoever is ended. */
  allotted: minor,
  /** Live sessions that have a part in it, most given back first. */
  sessions: z
    .array(
      z.strictObject({
        sessionId: id,
        identityName: text,
        label: text,
        /** Comes back when it is ended. */
        back: minor,
        /** Counted already, or allotted: stays until it leaves the window, is reported or its time is over. */
        stays: minor,
        /** Its own system can end it alone; the decision point refuses it in any case. */
        canEnd: z.boolean(),
        /** Why it can't. */
        why: z.string().max(500).nullable(),
        where: z.string().max(200),
        /** From the click until its end is proven, ms: the p50 as measured here, else as its connector declares; null: nobody proves it. */
        endsInMs: z.number().nullable(),
        measured: z.boolean(),
        /** What its end takes with it: nothing else, all of its credential, of its identity, or of its role. */
        reach: z.enum(['session', 'credential', 'identity', 'role']),
      }),
    )
    .max(500),
  /** The fewest sessions whose end gives back enough; null: no ending does. */
  minimum: z.array(id).max(500).nullable(),
  /**
   * Of all sets as small, the one of which most can be ended alone, then proven soonest, then with least beside it, then giving
   * back least beyond what is missing; false: found by taking the largest first.
   */
  exact: z.boolean(),
  /** What the minimum gives back; what all would, where there is none. */
  back: minor,
  /** When enough of what was counted will have left the window by itself; null: never, or unknown. */
  freeAt: z.string().max(40).nullable(),
});
export type MinimumSet = z.infer<typeof minimumSetSchema>;

export const minimumSetQuerySchema = z.strictObject({
  /** Minor units. */
  need: z
    .string()
    .regex(/^\d{1,19}$/)
    .default('0'),
  /** Percent of the limit it shall stand below afterwards, instead of `need`. */
  below: z.coerce.number().int().min(1).max(100).optional(),
});

const why = {
  /** All live sessions that have a part in it, and not the fewest that make room. */
  all: z.boolean().default(false),
  reasonCode: reasonCodeSchema.default('limit_abuse'),
  reason: z.string().trim().max(2000).default(''),
  /** Everything is looked up and nothing is changed. */
  dryRun: z.boolean().default(false),
};
export const endMinimumBodySchema = minimumSetQuerySchema.extend(why);
export const endMinimumSchema = endMinimumBodySchema.extend({ exposureId: z.uuid() });

export const endedMinimumSchema = bulkResultSchema.extend({
  /** Minor units that come back. */
  back: minor,
  /** Sessions of the set beyond those one act takes: ask again for them. */
  left: z.number().int(),
});
export type EndedMinimum = z.infer<typeof endedMinimumSchema>;
