import { z } from 'zod';

const text = (most: number) => z.string().max(most);

/** The five things that decide how far an abused session can travel (requirement C18), in the order they are shown. */
export const REACH_INPUTS = [
  'session lifetime',
  'reauthentication triggers',
  'token binding',
  'consent scope',
  'revocation speed',
] as const;

/** The three posture checks (requirement A24), named as the field names them. */
export const CHECKS = ['overlapping sessions without limit', 'revocation', 'device binding'] as const;

/** What is foundational (requirement A16). */
export const TILES = ['visibility', 'rotation', 'lifecycle'] as const;

const checkSchema = z.strictObject({
  name: z.enum(CHECKS),
  /** null: there is nothing yet to judge it by. */
  pass: z.boolean().nullable(),
  why: text(500),
  /** When what it rests on was so, ISO. */
  at: text(40).nullable(),
});

const reachSchema = z.strictObject({
  name: z.enum(REACH_INPUTS),
  /** 0 (it stops at once) to 20 (nothing holds it). What is not measured counts whole. */
  points: z.number().int().min(0).max(20),
  measured: z.boolean(),
  value: text(200),
  why: text(500),
});

const tileSchema = z.strictObject({
  name: z.enum(TILES),
  value: text(100),
  at: text(40).nullable(),
  /** What the date is of. */
  atOf: text(100),
  why: text(500),
  tone: z.enum(['good', 'warn', 'bad', 'unknown']),
});

export const postureSchema = z.strictObject({
  identityId: z.uuid(),
  tiles: z.array(tileSchema).length(TILES.length),
  checks: z.array(checkSchema).length(CHECKS.length),
  reach: z.strictObject({
    /** Sum of the five, 0 to 100: how far an abused session could travel. */
    score: z.number().int().min(0).max(100),
    inputs: z.array(reachSchema).length(REACH_INPUTS.length),
  }),
  /** Days of sessions, decisions and events it was read from. */
  days: z.number().int(),
});
export type Posture = z.infer<typeof postureSchema>;
export type Tile = Posture['tiles'][number];
export type Check = Posture['checks'][number];
export type Reach = Posture['reach']['inputs'][number];

export const DAYS = 30;
export const postureInput = z.strictObject({ id: z.uuid() });

/** What is known of one identity, as the database has it. Times ISO, durations ms. */
export interface PostureFacts {
  visibility: number | null;
  visibilityAt: string | null;
  owner: string | null;
  ownerAttestedAt: string | null;
  purpose: string | null;
  lastSeenAt: string | null;
  firstSeenAt: string;
  concurrencyLimit: number | null;
  /** Most sessions at once within the days, and when. */
  peak: number;
  peakAt: string | null;
  /** Sessions within the days: all, those bound to a key or device, those that lasted over an hour and of these those that were trusted anew. */
  sessions: number;
  bound: number;
  lastBoundAt: string | null;
  long: number;
  renewed: number;
  /** 95th percentile of how long they lasted. */
  lastedMs: number | null;
  /** Words of their approved scopes, and how many sessions had one. */
  scopes: string[];
  scoped: number;
  /** Different actions they did. */
  actions: string[];
  /** Credentials that are neither blocked nor gone. */
  credentials: { firstSeenAt: string; expiresAt: string | null; lastUsedAt: string | null }[];
  /** Systems it lives in; `revokes`: one that can end its access is connected. */
  systems: { name: string; revokes: boolean }[];
  /** The newest verified end of its own access, or through the same systems, within 90 days. */
  proven: { at: string; ms: number; own: boolean } | null;
}
