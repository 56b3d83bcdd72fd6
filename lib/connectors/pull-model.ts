import { z } from 'zod';

/** What is pulled from a connected system: its audit log, or what changed among its identities. */
export const PULLS = ['events', 'changes'] as const;
export type PullOf = (typeof PULLS)[number];

/** Why a system is not asked at the moment: it asked for patience, Braid has no room, or it fails. */
export const HELD_FOR = ['limited', 'inbox_full', 'failing'] as const;
export type HeldFor = (typeof HELD_FOR)[number];

/** How far a pull has come. Times are ISO 8601. */
export const pullSchema = z.strictObject({
  what: z.enum(PULLS),
  /** Records, or changes, handed over so far. */
  taken: z.number().int(),
  /** It last said that there is more than it handed over. */
  behind: z.boolean(),
  answeredAt: z.string().max(40).nullable(),
  /** When its cursor last moved. */
  movedAt: z.string().max(40).nullable(),
  /** Time of the newest event of it that was taken in. */
  eventAt: z.string().max(40).nullable(),
  /** Seconds since it last answered; null: it never did. */
  ageSecs: z.number().int().nullable(),
  heldUntil: z.string().max(40).nullable(),
  heldFor: z.enum(HELD_FOR).nullable(),
  heldReason: z.string().max(1000).nullable(),
  /** When everything was last taken over anew, because the cursor was new or lost. */
  resyncedAt: z.string().max(40).nullable(),
});
export type Pull = z.infer<typeof pullSchema>;

/** Records asked for at a time. */
export const PULL_MOST = 1_000;
/** How often a system is asked that had no more, milliseconds. */
export const PULL_EVERY_MS = 5_000;
/** How long it is waited where the inbox is full, milliseconds. */
export const FULL_MS = 2_000;
/** Longest pause after a failure, and longest patience a system may ask for, milliseconds. */
export const FAILING_MOST_MS = 60_000;
export const LIMITED_MOST_MS = 3_600_000;
/** Where a system asks for patience and does not say how much. */
export const LIMITED_MS = 30_000;
