import { z } from 'zod';

/** Slices per window: the oldest counts whole until it has left, so a window never under-counts. */
export const SLICES = 60;
/** Slices that stand in an exposure's own row, at most: it is written with every decision, and has to stay small. */
export const MAX_OPEN = 32;
/** End of the one slice of a lifetime meter: it never leaves. 9999-12-31, which PostgreSQL and Date both hold. */
export const FOREVER_MS = 253_402_214_400_000;

/** What one session settled in one slice of the window. `alone` is its own ledger as a per-session control would keep it. */
export interface Slice {
  /** End of the slice, ms; it leaves the window at endMs + window. */
  endMs: number;
  sessionId: string;
  settled: bigint;
  alone: bigint;
}

/** What many ended sessions counted stands together under this where nothing ever leaves: they ask no more, their sum is enough. */
export const ENDED_SESSIONS = '00000000-0000-0000-0000-000000000000';

/** How a share is called whose session is not known by name. */
export const strangerLabel = (sessionId: string | null): string =>
  sessionId === ENDED_SESSIONS ? 'ended sessions' : 'unknown session';

/** A line of an open hold on this exposure. */
export interface OpenLine {
  holdId: string;
  sessionId: string;
  amount: bigint;
  expiresMs: number;
}

/** One session's use of a value that a `distinct` meter counts. */
export interface MemberUse {
  /** End of the last slice in which it was allowed; null: not in the window, or never. */
  settledMs: number | null;
  /** The same in this session's own ledger. */
  aloneMs: number | null;
  /** It made the value count: its ledger entry names this session. */
  brought: boolean;
}

/** The values of a `distinct` meter, by session. */
export interface Members {
  uses: Map<string, Map<string, MemberUse>>;
  /** No use leaves the window before this instant. */
  nextMs: number;
  /** Values whose uses are to be written. */
  dirty: Set<string>;
}

export interface ContributorName {
  identityId: string;
  label: string;
}

/** One exposure in memory, while its row is locked. */
export interface ExposureState {
  id: string;
  set: string;
  meter: string;
  kind: string;
  scope: string;
  key: string;
  unit: string | null;
  scale: number;
  windowSecs: number | null;
  /** `day Europe/Berlin` or `live`; null: a sliding window, or none. */
  calendar?: string | null;
  settled: bigint;
  held: bigint;
  limit: bigint | null;
  ruleId: string | null;
  /** Highest warning level it stands at, percent of its limit. */
  warned?: number | null;
  revision: bigint;
  /** Moves with every write, also those that change no counter: a copy in memory is trusted only if it matches. */
  version: bigint;
  /** Moves with writes of anything but counters and open slices: slices that stand elsewhere, lines, values, notes. Absent: 0. */
  aside?: bigint;
  identityIds: string[];
  slices: Map<string, Slice>;
  /** Those of them that stand in the exposure's own row; the others have rows of theirs. */
  open: Map<string, Slice>;
  lines: Map<string, OpenLine>;
  /** Per session over all slices and lines. */
  sums: Map<string, { settled: bigint; held: bigint; alone: bigint }>;
  names: Map<string, ContributorName>;
  /** Of a `distinct` meter only. */
  members?: Members;
  /** When it was last written, as stored; absent for one that never was. */
  updatedMs?: number;
  /** Of one that never forgets: from so many slices on it is asked which of their sessions have ended. Absent: not looked at yet. */
  crowdedAt?: number;
  dirty: boolean;
  /** What does not change with every decision did: limit, rule, window or identities. */
  noted?: boolean;
  /** Lines of holds came or went. */
  relined?: boolean;
  dirtySlices: Set<string>;
  leftSlices: Slice[];
}

export type EntryKind = 'reserve' | 'settle' | 'release' | 'expire' | 'overrun' | 'leave';

/** One change of an exposure, about to be written. */
export interface Entry {
  exposureId: string;
  revision: bigint;
  atMs: number;
  kind: EntryKind;
  settled: bigint;
  held: bigint;
  settledNow: bigint;
  heldNow: bigint;
  sessionId: string | null;
  identityId: string | null;
  decisionId: string | null;
  holdId: string | null;
}

export type HoldState = 'held' | 'settled' | 'released' | 'expired';

export interface Hold {
  id: string;
  decisionId: string;
  identityId: string;
  sessionId: string;
  tokenId: string | null;
  kind: 'hold' | 'lease' | 'approval';
  state: HoldState;
  onExpiry: 'release' | 'settle';
  createdMs: number;
  expiresMs: number;
  lines: HoldLine[];
}

export interface HoldLine {
  exposureId: string;
  amount: bigint;
  settled: bigint;
  /** The request attribute it sums. */
  attribute: string | null;
  /** What its meter wants at expiry; null: as the hold says. */
  onExpiry?: 'release' | 'settle' | null;
  /** End of the slice in which its session's own ledger grew by it, ms; null: a per-session control would not have granted it. */
  sliceMs?: number | null;
}

/** An exposure as pages and `/v1/exposure` show it. Amounts are minor units as decimal strings. */
export interface ExposureView {
  id: string;
  set: string;
  meter: string;
  kind: string;
  scope: string;
  key: string;
  /** What people call the key, where it is an id of Braid's own: the identity's, session's or workflow's name. */
  keyName: string | null;
  unit: string | null;
  scale: number;
  windowSecs: number | null;
  /** `day Europe/Berlin`, `live`; null: sliding over windowSecs, or for ever. */
  calendar: string | null;
  settled: string;
  held: string;
  limit: string | null;
  /** limit - settled - held, never below zero; null without a limit. */
  available: string | null;
  ruleId: string | null;
  /** Highest warning level it stands at, percent of its limit; null: below all. */
  warned: number | null;
  revision: string;
  updatedAt: string;
  /** Exposures of who was merged into its identity: what stands there is in these numbers. Absent: none. */
  formerly?: string[];
  contributors: {
    sessionId: string | null;
    identityId: string | null;
    label: string;
    settled: string;
    held: string;
  }[];
}

const text = z.string().min(1).max(512);
export const showQuerySchema = z
  .strictObject({
    exposureId: z.uuid().optional(),
    set: text.optional(),
    meter: text.optional(),
    scope: text.optional(),
    key: text.optional(),
  })
  .refine((query) => query.exposureId || query.meter || query.scope || query.key, 'Name a meter, a scope or a key.');
export type ShowQuery = z.infer<typeof showQuerySchema>;

export const settleInputSchema = z.strictObject({
  holdId: z.uuid(),
  /** The actual amount in major units, as a number or decimal string; absent: as reserved. */
  amount: z.union([z.number().min(0), z.string().max(32)]).optional(),
  /** Which attribute the amount is of, when the hold sums several: `context.amount`. */
  attribute: z.string().max(200).optional(),
});
export type SettleInput = z.infer<typeof settleInputSchema>;

export const releaseInputSchema = z.strictObject({ holdId: z.uuid(), reason: z.string().max(500).optional() });
export type ReleaseInput = z.infer<typeof releaseInputSchema>;

export const releaseForSchema = z.strictObject({ id: z.uuid(), reason: z.string().trim().min(3).max(2000) });
export type ReleaseFor = z.input<typeof releaseForSchema>;

export const extendSchema = z.strictObject({ holdId: z.uuid() });
export type Extend = z.input<typeof extendSchema>;

/** What became of a hold. */
export interface HoldRow {
  id: string;
  decisionId: string;
  kind: Hold['kind'];
  state: HoldState;
  createdAt: string;
  expiresAt: string;
  closedAt: string | null;
  lines: { exposureId: string; amount: string; settled: string; attribute: string | null }[];
}

/** A JSON number with more digits than this may have been rounded on its way here: 15 are kept by every double. */
const EXACT_DIGITS = 15;

/**
 * Major units (JSON number or decimal string) as minor units; null when it is no amount, finer than `scale`, or a number
 * too long to be exact (a decimal string is).
 */
export function minorUnits(value: unknown, scale: number): bigint | null {
  if (typeof value === 'number') {
    // Where the number has at most 15 digits up to its last wanted decimal, those digits are the ones it is written with.
    const minor = Math.round(value * POWERS[scale]!);
    if (minor < 1e15 && minor / POWERS[scale]! === value && (value >= 1e-6 || value === 0)) return BigInt(minor);
  }
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  if (typeof text !== 'string') return null;
  const found = /^(\d{1,15})(?:\.(\d{1,9}))?$/.exec(text);
  if (!found) return null;
  const fraction = (found[2] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return null;
  const digits = found[1]! + fraction;
  if (typeof value === 'number' && digits.replace(/^0+/, '').length > EXACT_DIGITS) return null;
  const minor = BigInt(found[1]! + fraction.padEnd(scale, '0'));
  return minor <= MAX_MINOR ? minor : null;
}

const POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];
const MAX_MINOR = 1_000_000_000_000_000n;
/** The most an exposure counts, far below what its column holds: beyond, a sum would be another number. */
export const MAX_TOTAL = 2n ** 62n;

/** A computed number of major units as minor units, rounded down in decimal digits; below zero it is 0. Null: no number. */
export function minorUnitsDown(value: unknown, scale: number): bigint | null {
  if (typeof value === 'bigint') return value > 0n ? value * 10n ** BigInt(scale) : 0n;
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  if (value <= 0) return 0n;
  const found = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
  if (!found) return null;
  const shift = Number(found[3] ?? 0) + scale;
  const digits = found[1]! + (found[2] ?? '');
  const point = found[1]!.length + shift;
  return point <= 0 ? 0n : BigInt(digits.slice(0, point).padEnd(point, '0'));
}

/** An approval as stored, with everything it is bound to. */
export interface ApprovalRow {
  request_id: string;
  approval_id: string;
  issuer: string;
  identity_id: string;
  subject: unknown;
  action: unknown;
  resource: unknown;
  context: { binds: string[] | null; members: Record<string, unknown> };
  rules: { set: string; id: string }[];
  uses: number;
  used: number;
  approved_until: Date;
  withdrawn_at: Date | null;
  answered_by: string;
}

/** Approvals of one batch and how often each is used in it. */
export interface Approvals {
  rows: ReadonlyMap<string, ApprovalRow>;
  /** Uses in this batch, by access request. */
  used: Map<string, number>;
}
