import { z } from 'zod';

const count = z.number().int();
const text = (most: number) => z.string().max(most);

/** One thing that waits for somebody, with where its button leads. */
export const needSchema = z.strictObject({
  id: text(64),
  kind: z.enum(['finding', 'revocation', 'source']),
  /** What the badge says: a severity, a revocation's state, or `quiet`. */
  badge: text(20),
  /** Whom or what it is about. */
  name: text(512),
  title: text(300),
  sub: text(2000),
  at: z.string().nullable(),
  href: text(500),
  action: z.enum(['Path', 'Open', 'Proof', 'Source']),
  /** Other open findings of the same identity, none of them more pressing, and where they stand; absent: none. */
  others: z.strictObject({ count, href: text(200) }).optional(),
});
export type Need = z.infer<typeof needSchema>;

/** One identity with live sessions; `steps` are counts at even distances over the last hour, oldest first. */
export const liveItemSchema = z.strictObject({
  identityId: z.uuid(),
  name: text(512),
  live: count,
  limit: count.nullable(),
  steps: z.array(count).max(300),
});
export type LiveItem = z.infer<typeof liveItemSchema>;

const minuteSchema = z.strictObject({ at: z.string(), allow: count, step_up: count, pause: count, deny: count });
export type Minute = z.infer<typeof minuteSchema>;

export const overviewSchema = z.strictObject({
  /** Nothing is connected, imported or asked yet. */
  empty: z.boolean(),
  decisions: z.strictObject({
    total: count,
    split: count,
    spared: z.array(z.strictObject({ unit: text(16).nullable(), scale: count, amount: text(24) })).max(50),
    minutes: z.array(minuteSchema).max(300),
  }),
  live: z.strictObject({
    identities: count,
    sessions: count,
    aboveLimit: count,
    items: z.array(liveItemSchema).max(50),
  }),
  revocations: z.strictObject({ total: count, verified: count, p95Ms: z.number().nullable() }),
  coverage: z
    .strictObject({
      percent: z.number(),
      full: count,
      known: count,
      change: z.number().nullable(),
      takenAt: z.string(),
    })
    .nullable(),
  needs: z.array(needSchema).max(100),
  needsTotal: count,
});
export type Overview = z.infer<typeof overviewSchema>;
