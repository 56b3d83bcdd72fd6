import { z } from 'zod';
import type { SessionEventInput } from '@/lib/sessions/model';

/** Whose a lane is, as an analyst confirmed it (requirement A15). */
export const HELD = ['operator', 'attacker', 'unknown'] as const;
export const heldSchema = z.enum(HELD);
export type Held = (typeof HELD)[number];

export const CADENCES = ['steady', 'bursts', 'sparse'] as const;
export type Cadence = (typeof CADENCES)[number];

const text = (most: number) => z.string().max(most);

/** What of a session that several presented is one lane's: what came from `networks`, or with `rest` all that did not. */
export const partSchema = z.strictObject({ networks: z.array(text(64)).max(2_000), rest: z.boolean() });
export type Part = z.infer<typeof partSchema>;

/** A session of a lane; `part`: null: all of it. `alsoIn`: fingerprints of the lanes that have its other parts: it ends in them too. */
export const sessionOfLaneSchema = z.strictObject({
  id: z.uuid(),
  label: text(200),
  live: z.boolean(),
  part: partSchema.nullable(),
  alsoIn: z.array(z.string().length(64)).max(10),
});
/** The sessions of a lane: those that are its own, and of those that several presented what of them is its. */
export interface Among {
  whole: string[];
  parts: ({ id: string } & Part)[];
}

export type SessionOfLane = z.infer<typeof sessionOfLaneSchema>;

/** Sessions of one identity that look like one hand: one fingerprint, one cadence, one grammar. */
export const laneSchema = z.strictObject({
  fingerprint: z.string().length(64),
  name: text(200),
  held: heldSchema,
  byName: text(200).nullable(),
  /** What its sessions share. */
  networks: z.array(text(64)).max(8),
  agent: text(200).nullable(),
  boundTo: text(300).nullable(),
  cadence: z.enum(CADENCES),
  /** Median seconds between two events. null: fewer than three events. */
  everySecs: z.number().nullable(),
  /** What it does most, with its share. */
  actions: z.array(z.strictObject({ name: text(200), share: z.number() })).max(6),
  /** How unlike what the others do, 0 (alike) to 1 (nothing in common). null: it is the only one that does anything. */
  unlike: z.number().min(0).max(1).nullable(),
  events: z.number().int(),
  from: text(40),
  until: text(40),
  sessions: z.array(sessionOfLaneSchema).max(500),
});
export type Lane = z.infer<typeof laneSchema>;

export const lanesSchema = z.strictObject({
  identityId: z.uuid(),
  from: text(40),
  to: text(40),
  lanes: z.array(laneSchema).max(50),
  /** Lanes that lived at the same time as another. */
  concurrent: z.number().int(),
  /** Sessions that were sorted; `more`: older ones of that time were left out. */
  sorted: z.number().int(),
  more: z.boolean(),
});
export type Lanes = z.infer<typeof lanesSchema>;

export const lanesQuerySchema = z.strictObject({
  id: z.uuid(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
});
export type LanesQuery = z.input<typeof lanesQuerySchema>;

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, 'is not a fingerprint');

/** One lane of an identity. */
export const laneRefSchema = z.strictObject({ id: z.uuid(), fingerprint });

export const holdSchema = z.strictObject({
  identityId: z.uuid(),
  fingerprint,
  name: z.string().trim().min(1, 'is missing').max(200),
  held: heldSchema,
});

/** What lanes are made of. Times in ms. */
export interface LaneSession {
  id: string;
  label: string;
  network: string | null;
  agent: string | null;
  boundTo: string | null;
  from: number;
  until: number;
  live: boolean;
  /** Action → how often. */
  actions: Record<string, number>;
  /** Of its events, in order. */
  times: number[];
  /** Its credentials are one machine's: there two addresses are two places. */
  ofInstance: boolean;
  /** Absent: it is a session as a whole. */
  part?: Part;
}

/** What one client did at one address in one session, an action at a time. Times in ms, in order. */
export interface Deed {
  sessionId: string;
  network: string;
  agent: string | null;
  region: string | null;
  source: string;
  action: string;
  class: SessionEventInput['class'];
  attributes: Record<string, string | number | boolean | null>;
  count: number;
  times: number[];
}
