import { z } from 'zod';
import type { Contributor, Verdict } from '@/lib/decisions/model';
import {
  evidenceDecisionSchema,
  evidenceEventSchema,
  evidenceRevocationSchema,
  evidenceSessionSchema,
} from '@/lib/findings/evidence-model';
import { type Impact, impactSchema } from '@/lib/findings/impacts-model';
import { VECTOR_NAMES } from '@/lib/findings/vectors-model';

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export const severitySchema = z.enum(SEVERITIES);
export type Severity = (typeof SEVERITIES)[number];

export const FINDING_STATES = ['open', 'acknowledged', 'suppressed', 'closed'] as const;
export const findingStateSchema = z.enum(FINDING_STATES);
export type FindingState = (typeof FINDING_STATES)[number];

/** What an analyst concluded when closing a finding. */
export const DISPOSITIONS = {
  true_positive: 'Confirmed: it happened and it was wrong',
  benign: 'It happened and is expected',
  hijack: 'Confirmed: somebody else took the session over',
  misuse: 'Confirmed: its own holder used it for what it was not meant for',
  false_positive: 'It did not happen as described',
  duplicate: 'Covered by another finding',
} as const;
export const dispositionSchema = z.enum(Object.keys(DISPOSITIONS) as [keyof typeof DISPOSITIONS]);
export type Disposition = keyof typeof DISPOSITIONS;

/** Names of what Braid detects, in words for people. `manual` is what an analyst wrote down. */
export const DETECTORS = {
  replay: 'One session, two holders',
  'instance-credentials': 'Instance credentials used outside the instance',
  'token-reuse': 'One-time token presented again',
  'binding-drift': 'Binding changed within a session',
  survival: 'Ended, and yet it lives',
  'dead-token': 'Dead credential presented again',
  outlived: 'Beyond its approval, lifetime or purpose',
  'unusual-concurrency': 'More at once than ever',
  'scope-growth': 'Scope or privilege grew',
  extraction: 'Unusual extraction',
  'failed-approvals': 'Approvals refused in a row',
  acceleration: 'Acts far faster than ever',
  'deny-storm': 'Refused again and again',
  'out-of-scope': 'Outside its approved scope',
  'unusual-action': 'First touch of what opens doors',
  'unusual-place': 'Acts from where it never did',
  travel: 'Impossible travel',
  'dark-session': 'Live and unwatched',
  'human-use': 'A person at a machine’s identity',
  'limit-crossed': 'Limit crossed together',
  'concurrency-limit': 'Concurrency above the limit',
  'read-change-split': 'Reading and changing split over places',
  structuring: 'Amounts split over sessions',
  'lease-contention': 'Two clients share one credential',
  'approval-beside-maintenance': 'Approval beside maintenance',
  'agent-spread': 'Agent spreads calls over sessions',
  regrowth: 'Access grew back after a revocation',
  'shared-signal': 'Another system says so',
  'weak-setup': 'A system is set up weakly',
  manual: 'Written down by an analyst',
} as const;
export type Detector = keyof typeof DETECTORS;

const ids = z.array(z.uuid()).max(200);

export const evidenceSchema = z.strictObject({
  sessions: ids,
  decisions: ids,
  events: ids,
  exposureId: z.uuid().optional(),
  /** The request that ran into the limit first, within the exposure's window: its path tells the story. */
  crossing: z.uuid().optional(),
  revocationId: z.uuid().optional(),
  /** Of a state that lasts: when it ended. What comes after is another occurrence. */
  over: z.string().max(40).optional(),
  /** How it most likely came to it: a hint, with why. */
  suspected: z.strictObject({ vector: z.enum(VECTOR_NAMES), why: z.string().max(300) }).optional(),
  /** Figures for people, already formatted where they have a unit. */
  facts: z.record(z.string().max(60), z.union([z.string().max(300), z.number()])).optional(),
});
export type Evidence = z.infer<typeof evidenceSchema>;

export const noEvidence = (): Evidence => ({ sessions: [], decisions: [], events: [] });

/** What a detector asserts. One finding stands for one identity, detector and cause: more evidence adds to it. */
export interface Found {
  identityId: string;
  detector: Detector;
  cause: string;
  severity: Severity;
  title: string;
  summary: string;
  /** Why this severity. */
  reasons: string[];
  evidence: Evidence;
  firstSeenAt: string;
  lastSeenAt: string;
  impact?: Impact[];
  /** A state that lasts: while it does, more evidence is no further occurrence and reopens nothing. */
  lasting?: boolean;
}

/** One framework entry a finding stands for. */
export interface Mapped {
  framework: string;
  id: string;
  name: string;
}

/** One row of the findings list and of `/api/v1/findings`. Times are ISO 8601. */
export const findingRowSchema = z.strictObject({
  id: z.uuid(),
  identityId: z.uuid(),
  identityName: z.string().max(512),
  identityKind: z.string().max(32),
  identityState: z.string().max(16),
  detector: z.string().max(60),
  severity: severitySchema,
  state: findingStateSchema,
  title: z.string().max(300),
  summary: z.string().max(2000),
  occurrences: z.number().int(),
  firstSeenAt: z.string(),
  lastSeenAt: z.string(),
  stateBy: z.string().max(200).nullable(),
  stateReason: z.string().max(2000).nullable(),
  stateAt: z.string().nullable(),
  suppressUntil: z.string().nullable(),
  /** Who answers for the suppression. */
  suppressOwner: z.string().max(200).nullable(),
  disposition: z.string().max(60).nullable(),
  impact: z.array(impactSchema).max(3),
  /** When Braid raised it; it began at `firstSeenAt`. */
  raisedAt: z.string().max(40),
  evidence: evidenceSchema,
});
export type FindingRow = z.infer<typeof findingRowSchema>;

const text = (most: number) => z.string().max(most);

export const noteRowSchema = z.strictObject({
  id: z.uuid(),
  body: text(10_000),
  authorName: text(200),
  createdAt: z.string(),
});
export type FindingNote = z.infer<typeof noteRowSchema>;

/** A finding with its evidence opened. */
export const findingDetailSchema = findingRowSchema.extend({
  reasons: z.array(text(1000)).max(50),
  mapping: z.array(z.strictObject({ framework: text(100), id: text(40), name: text(500) })).max(50),
  sessions: z.array(evidenceSessionSchema).max(200),
  decisions: z.array(evidenceDecisionSchema).max(200),
  events: z.array(evidenceEventSchema).max(200),
  /** The revocation it stands on, where it stands on one. */
  revocation: evidenceRevocationSchema.nullable(),
  /** What is live of the identity now, in evidence or not, newest first. */
  liveNow: z.array(evidenceSessionSchema).max(200),
  notes: z.array(noteRowSchema).max(200),
});
export type FindingDetail = z.infer<typeof findingDetailSchema>;

export const changedSchema = z.strictObject({ id: z.uuid(), state: findingStateSchema });
export const idInput = z.strictObject({ id: z.uuid() });

export const listFindingsSchema = z.strictObject({
  state: z.union([findingStateSchema, z.literal('active'), z.literal('any')]).default('any'),
  severity: severitySchema.optional(),
  detector: z.string().max(60).optional(),
  identityId: z.uuid().optional(),
  /** Those that name a session of this lane of `identityId`: its fingerprint. */
  lane: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'is not a fingerprint')
    .optional(),
  /** What an analyst concluded when closing them. */
  disposition: dispositionSchema.optional(),
  impact: impactSchema.optional(),
  q: z.string().trim().max(200).optional(),
  /** `urgency`: open and acknowledged first, then by severity; both end in the last seen first. */
  order: z.enum(['recent', 'urgency']).default('recent'),
  /** Those that were seen at some time from `from` to `to`. */
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional(),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListFindings = z.input<typeof listFindingsSchema>;

const why = z.string().trim().max(2000);
const needed = why.min(3, 'needs at least 3 characters');

export const acknowledgeSchema = z.strictObject({ id: z.uuid(), reason: why.default('') });
export const closeSchema = z.strictObject({ id: z.uuid(), disposition: dispositionSchema, reason: needed });
/** A suppression has an owner, a reason and an end, at most a year ahead. */
export const suppressSchema = z.strictObject({
  id: z.uuid(),
  owner: z.string().trim().min(1, 'is missing').max(200),
  reason: needed,
  until: z.iso.datetime({ offset: true }),
});
export const reopenSchema = z.strictObject({ id: z.uuid(), reason: needed });
export const noteSchema = z.strictObject({ id: z.uuid(), body: z.string().trim().min(1, 'is empty').max(10_000) });
export const createFindingSchema = z.strictObject({
  identityId: z.uuid(),
  severity: severitySchema,
  title: z.string().trim().min(3, 'needs at least 3 characters').max(300),
  summary: z.string().trim().max(2000).default(''),
  sessions: ids.default([]),
  decisions: ids.default([]),
});

/** A decision that was not allowed, or that asked for an approval, with what its trace says about shared state. */
export interface DecisionFact {
  id: string;
  at: string;
  identityId: string;
  identityName: string;
  identityKind: string;
  sessionId: string | null;
  sessionLabel: string | null;
  verdict: Verdict;
  alone: Verdict | null;
  reason: string;
  ruleId: string | null;
  action: string;
  resourceType: string;
  resourceId: string;
  amount: bigint | null;
  exposureId: string | null;
  /** Who held the deciding exposure when it was judged; largest first, at most ten. */
  holders: Contributor[];
}

/** An exposure that came near its limit, with every session's share of it. Amounts in minor units. */
export interface ExposureFact {
  id: string;
  set: string;
  meter: string;
  kind: 'sum' | 'count' | 'live_sessions' | 'lease' | 'pending' | 'distinct';
  scope: string;
  key: string;
  unit: string | null;
  scale: number;
  windowSecs: number | null;
  /** `day Europe/Berlin`, `live`; absent: sliding over windowSecs, or for ever. */
  calendar?: string | null;
  limit: bigint;
  settled: bigint;
  held: bigint;
  at: string;
  /** Where it lands when nobody asked in vain: the identity with the largest share. */
  identityId: string;
  identityName: string;
  identityKind: string;
  shares: { sessionId: string; label: string; amount: bigint }[];
  /** What was let past its limit, where it stands above it; absent: nothing was. */
  licence?: Licence;
}

/** Up to where an approval, an assurance or an exemption let an exposure rise above its limit, and which sessions passed when. */
export interface Licence {
  upTo: bigint;
  passed: { sessionId: string | null; at: string }[];
}

/** A session as detectors over sessions see it. Times in ISO 8601; `until` is its last event or its end. */
export interface SessionFact {
  id: string;
  identityId: string;
  identityName: string;
  identityKind: string;
  label: string;
  key: string | null;
  region: string | null;
  network: string | null;
  agent: string | null;
  tags: string[];
  from: string;
  until: string;
  reads: number;
  changes: number;
}
