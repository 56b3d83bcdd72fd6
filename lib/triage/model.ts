import { z } from 'zod';

// Which of several live sessions to end first, and what passes until the end binds.

const text = (most: number) => z.string().max(most);
const minor = z.string().regex(/^-?\d{1,30}$/);
export const PACE_MINUTES = 10;
export const SHOWN = 50;

const paceSchema = z.strictObject({
  unit: text(16),
  scale: z.number().int(),
  /** Allowed by the decision point a minute, over the last ten; minor units. */
  perMinute: minor,
});

const rankedSchema = z.strictObject({
  sessionId: z.uuid(),
  label: text(200),
  /** 0 to 100, the sum of the three. */
  score: z.number().int().min(0).max(100),
  /** 0–50: how soon, at its own pace, the least room of an exposure it spends from is gone. */
  headroom: z.strictObject({ points: z.number().int().min(0).max(50), why: text(300) }),
  /** 0–30: how far it could travel: unbound, without a scope, without an end. */
  reach: z.strictObject({ points: z.number().int().min(0).max(30), why: text(300) }),
  /** 0–20: the sooner its end binds, the more is saved by doing it first. */
  speed: z.strictObject({ points: z.number().int().min(0).max(20), why: text(300) }),
  canEnd: z.boolean(),
});

export const triageSchema = z.strictObject({
  identityId: z.uuid(),
  minutes: z.number().int(),
  /** How long a refusal takes to bind at the decision point, ms; declared where nothing was measured. */
  bindsMs: z.number(),
  bindsMeasured: z.boolean(),
  pace: z.array(paceSchema).max(50),
  /** What passes between the click and the refusal at that pace; minor units, rounded up. */
  inFlight: z.array(z.strictObject({ unit: text(16), scale: z.number().int(), amount: minor })).max(50),
  /** First the one to end first. */
  order: z.array(rankedSchema).max(SHOWN),
  sessionsTotal: z.number().int(),
});
export type Triage = z.infer<typeof triageSchema>;
export type Ranked = Triage['order'][number];
export const triageInput = z.strictObject({ id: z.uuid() });

export interface Worth {
  unit: string | null;
  scale: number;
  amount: string;
}

export interface LiveSession {
  id: string;
  label: string;
  /** Bound to a key, device or runtime. */
  bound: boolean;
  scoped: boolean;
  /** Ends by itself at a told time. */
  ends: boolean;
  canEnd: boolean;
  /** Until its end is proven in its own system, ms; null: nobody can say. */
  endsInMs: number | null;
  /** Allowed within the last ten minutes. */
  spent: Worth[];
}

/** An exposure with a limit, and which sessions have a part in it. Minor units. */
export interface Room {
  name: string;
  unit: string | null;
  scale: number;
  /** What is left of the limit; below zero: it was exceeded. */
  left: bigint;
  sessionIds: string[];
}
