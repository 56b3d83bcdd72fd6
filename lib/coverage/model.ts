import { z } from 'zod';
import { blindReportSchema } from '@/lib/allotments/model';
import { timesSchema } from '@/lib/revocations/times/model';

/** Share of organisations with full visibility into their service accounts, as the field reports it, in per cent. */
export const FIELD_PERCENT = 5.7;

/** The six tests of full visibility, in order. All six passed = fully visible. */
export const TESTS = ['owner', 'purpose', 'credentials', 'lastUse', 'sessions', 'revocation'] as const;
export const testSchema = z.enum(TESTS);
export type Test = (typeof TESTS)[number];

export const TEST_TITLES: Record<Test, string> = {
  owner: 'Owner known',
  purpose: 'Purpose known',
  credentials: 'Credentials enumerated',
  lastUse: 'Last use known',
  sessions: 'Live sessions observable',
  revocation: 'Revocation path proven',
};

export const TEST_DEFINITIONS: Record<Test, string> = {
  owner: 'A person or group is recorded who answers for it.',
  purpose: 'What it is for is written down.',
  credentials: 'A connected system lists every credential it has; credentials merely seen in logs do not count.',
  lastUse: 'Its last use is recorded, or a connected system that would have shown one has shown none.',
  sessions: 'A connected system shows its sessions while they live, and has answered within the last hour.',
  revocation:
    'Within the last 90 days access was ended and proven to be ended by a probe, for it or through every system it lives in; a declared capability does not count.',
};

/** What governance lacks beside the six tests (requirements A23, A24). */
export const GAPS = {
  owner: 'No owner',
  purpose: 'No purpose',
  credentials: 'Credentials not enumerated',
  lastUse: 'Last use unknown',
  sessions: 'Live sessions not observable',
  revocation: 'Revocation path not proven',
  limit: 'No concurrency limit',
  binding: 'Sessions bound to no device or key',
  overlap: 'Overlapping sessions without limit, revocation and device binding',
  managed: 'In no connected system',
  protected: 'Protected: Braid will not end it',
  excess: 'Excessive privileges',
} as const;
export type Gap = keyof typeof GAPS;

export interface Tested {
  pass: boolean;
  why: string;
}

/** What is known of one identity when a snapshot is taken. Times ISO 8601. */
export interface CoverageFacts {
  identityId: string;
  name: string;
  kind: string;
  managed: boolean;
  protected: boolean;
  environment: string | null;
  owner: string | null;
  ownerSource: string | null;
  ownerAttestedAt: string | null;
  purpose: string | null;
  sources: string[];
  /** Connected systems that list this identity. */
  connectors: ConnectorFact[];
  credentialsListed: number;
  credentialsSeen: number;
  lastSeenAt: string | null;
  liveSessions: number;
  peakSessions: number;
  sessionCount: number;
  /** Sessions of the last 30 days, and how many of them carry a device, runtime or key they are bound to. */
  recentSessions: number;
  boundSessions: number;
  concurrencyLimit: number | null;
  /** What it holds beyond what it needs; null: nothing; absent: nobody tells what it holds. */
  excess?: string | null;
  /** Last verified end of access of this identity itself. */
  proven: { at: string; ms: number } | null;
}

export interface ConnectorFact {
  id: string;
  name: string;
  enabled: boolean;
  lastSyncAt: string | null;
  /** From its manifest: does it list sessions, enumerate credentials, and can it end access? */
  listsSessions: boolean;
  discovers: boolean;
  revokes: boolean;
  /** Last verified end of any identity's access through this system. */
  proven: { at: string; ms: number; identityName: string } | null;
}

export interface Assessment {
  tests: Record<Test, Tested>;
  /** How many of the six tests it passes. */
  visibility: number;
  gaps: Gap[];
}

const tested = z.strictObject({ pass: z.boolean(), why: z.string().max(500) });

export const coverageRowSchema = z.strictObject({
  identityId: z.uuid(),
  name: z.string().max(512),
  kind: z.string().max(32),
  owner: z.string().max(200).nullable(),
  visibility: z.number().int().min(0).max(6),
  tests: z.record(testSchema, tested),
  gaps: z.array(z.enum(Object.keys(GAPS) as [Gap, ...Gap[]])).max(20),
  environment: z.string().max(100).nullable(),
  sources: z.array(z.string().max(200)).max(60),
  lastSeenAt: z.string().nullable(),
  liveSessions: z.number().int(),
  peakSessions: z.number().int(),
  concurrencyLimit: z.number().int().nullable(),
  /** What it holds beyond what it needs; null: nothing; absent: not judged. */
  excess: z.string().max(500).nullable().optional(),
});
export type CoverageRow = z.infer<typeof coverageRowSchema>;

const count = z.number().int();

export const sourceSchema = z.strictObject({
  name: z.string().max(200),
  /** connector: asked by Braid; log: imported or sent; decisions: callers of the decision API. */
  kind: z.enum(['connector', 'log', 'decisions']),
  connectorId: z.uuid().nullable(),
  identities: count,
  full: count,
  lastAt: z.string().nullable(),
  /** fresh: within the hour; stale: older; silent: never. Logs that were imported are what they are: `imported`. */
  freshness: z.enum(['fresh', 'stale', 'silent', 'imported']),
  detail: z.string().max(500),
});
export type CoverageSource = z.infer<typeof sourceSchema>;

export const ownerScoreSchema = z.strictObject({
  owner: z.string().max(200).nullable(),
  identities: count,
  full: count,
  /** Mean of visibility, 0–6. */
  visibility: z.number(),
  gaps: count,
});
export type OwnerScore = z.infer<typeof ownerScoreSchema>;

export const totalsSchema = z.strictObject({
  /** The denominator: every non-human identity that some system or log holds. */
  known: count,
  full: count,
  byVisibility: z.array(count).length(7),
  byTest: z.record(testSchema, count),
  byKind: z.record(z.string().max(32), z.strictObject({ known: count, full: count })),
  gaps: z.record(z.string().max(40), count),
  owners: z.array(ownerScoreSchema).max(500),
  /** Since snapshots hold it: of how many privileges could be judged, and how many hold too many. */
  excess: z.strictObject({ judged: count, excessive: count }).optional(),
  /** Since snapshots hold it: identities by how much of its sessions Braid sees in the system that shows most; each once. */
  sights: z.strictObject({ sessions: count, derived: count, identities: count, nothing: count }).optional(),
  /** What could not be reconciled with an inventory. */
  remainder: z.strictObject({
    /** In logs alone: no connected system lists them. Inside the denominator. */
    logsOnly: count,
    /** Named by callers of the decision API alone. Outside the denominator. */
    decisionsOnly: count,
    /** People, outside the denominator. */
    humans: count,
  }),
  live: z.strictObject({ identities: count, sessions: count, aboveLimit: count }),
  /** Decisions of the seven days before the snapshot. */
  decisions: z.strictObject({
    total: count,
    split: count,
    spared: z
      .array(z.strictObject({ unit: z.string().max(16).nullable(), scale: count, amount: z.string().max(24) }))
      .max(50),
  }),
  revocations: z.strictObject({
    total: count,
    verified: count,
    p95Ms: z.number().nullable(),
    /** Since snapshots hold it: time to revoke over 90 days, per system, and the exposure after detection. */
    times: timesSchema.omit({ exposed: true }).optional(),
  }),
});
export type CoverageTotals = z.infer<typeof totalsSchema>;

export const trendSchema = z.strictObject({
  id: z.uuid(),
  weekOf: z.string().max(10),
  takenAt: z.string(),
  known: count,
  full: count,
  percent: z.number(),
});
export type TrendPoint = z.infer<typeof trendSchema>;

/** A snapshot as stored; the same id always gives the same report. */
export const snapshotSchema = z.strictObject({
  id: z.uuid(),
  weekOf: z.string().max(10),
  takenAt: z.string(),
  takenBy: z.string().max(200),
  percent: z.number(),
  fieldPercent: z.number(),
  totals: totalsSchema,
  sources: z.array(sourceSchema).max(500),
  rows: z.array(coverageRowSchema).max(1_000_000),
  trend: z.array(trendSchema).max(60),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** The weekly report as JSON: a snapshot, and what was decided blind in the seven days before it. */
export const reportSchema = snapshotSchema.extend({ blind: blindReportSchema });
export type Report = z.infer<typeof reportSchema>;

export const takenSchema = z.strictObject({ id: z.uuid() });
export const showSchema = z.strictObject({ id: z.uuid().optional() });
export const FORMATS = ['json', 'csv', 'pdf'] as const;
export const renderSchema = z.strictObject({ format: z.enum(FORMATS).default('json'), snapshot: z.uuid().optional() });
