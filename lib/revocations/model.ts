import { z } from 'zod';

export const REVOCATION_KINDS = ['terminate', 'revoke', 'rotate', 'pause', 'resume', 'restore'] as const;
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

/** `consent`: what an app was allowed is taken back; asked for where consents are, and nowhere else. */
export const RECORDED_KINDS = [...REVOCATION_KINDS, 'consent'] as const;
export type RecordedKind = (typeof RECORDED_KINDS)[number];

/** What is done to an identity as a whole. */
export const IDENTITY_KINDS = ['revoke', 'rotate', 'pause', 'resume', 'restore'] as const satisfies RevocationKind[];

export const REVOCATION_STATES = [
  'failed',
  'requested',
  'accepted',
  'effective',
  'unverifiable',
  'residual',
  'verified',
] as const;
export type StepState = (typeof REVOCATION_STATES)[number];
export type RevocationState = StepState | 'regrown';

/** Permission each kind asks for. */
export const KIND_PERMISSION = {
  terminate: 'session.terminate',
  revoke: 'identity.revoke',
  rotate: 'identity.rotate',
  pause: 'identity.pause',
  resume: 'identity.pause',
  restore: 'identity.restore',
} as const satisfies Record<RevocationKind, string>;

/** Permission that a recorded one was asked for with. */
export const permissionOf = (kind: RecordedKind) => KIND_PERMISSION[kind === 'consent' ? 'revoke' : kind];

/** Kinds that close access; the others open it again. */
export const closes = (kind: RecordedKind): boolean => kind !== 'resume' && kind !== 'restore';

export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** Kinds after which the identity is another one to the decision point: active, paused or revoked. */
export const changesState = (kind: RecordedKind): kind is Exclude<RevocationKind, 'terminate' | 'rotate'> =>
  kind !== 'terminate' && kind !== 'rotate' && kind !== 'consent';

/** How long a closed access is watched for coming back. */
export const REGROWTH_HOURS = 24;

/** A revocation shows the least finished of its steps. `regrown` is set apart and overrides. */
export const leastFinished = (steps: readonly StepState[]): StepState =>
  steps.reduce<StepState>(
    (least, state) => (REVOCATION_STATES.indexOf(state) < REVOCATION_STATES.indexOf(least) ? state : least),
    'verified',
  );

/** Why people end access. The first is the default, so that click and Enter end it. */
export const REASON_CODES = {
  unexpected_behaviour: 'Unexpected behaviour',
  limit_abuse: 'Limit evaded across sessions',
  suspected_theft: 'Suspected token theft',
  compromise_confirmed: 'Compromise confirmed',
  no_longer_needed: 'No longer needed',
  wanted_again: 'Access is wanted again',
  test: 'Drill or test',
} as const;
export const reasonCodeSchema = z.enum(Object.keys(REASON_CODES) as [keyof typeof REASON_CODES]);
export type ReasonCode = keyof typeof REASON_CODES;

export const reasonSchema = z.strictObject({ reasonCode: reasonCodeSchema, reason: z.string().trim().max(2000) });

const id = z.uuid();
const why = {
  reasonCode: reasonCodeSchema.default('unexpected_behaviour'),
  reason: z.string().trim().max(2000).default(''),
};
const sessionIds = z.array(id).min(1, 'names no session').max(200);

export const requestInputSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('terminate'), sessionIds, ...why }),
  z.strictObject({ kind: z.enum(IDENTITY_KINDS), identityId: id, ...why }),
]);
export type RequestInput = z.input<typeof requestInputSchema>;

export const previewInputSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('terminate'), sessionIds }),
  z.strictObject({ kind: z.enum(IDENTITY_KINDS), identityId: id }),
]);
export type PreviewInput = z.input<typeof previewInputSchema>;

/** The same as a query: sessions as ids between commas. */
export const previewQuerySchema = z
  .strictObject({
    kind: z.enum(REVOCATION_KINDS),
    identityId: id.optional(),
    sessionIds: z
      .string()
      .max(8_000)
      .transform((list) => list.split(','))
      .optional(),
  })
  .pipe(previewInputSchema);

export const refSchema = z.strictObject({ id });

export const listInputSchema = z.strictObject({
  q: z.string().trim().max(200).optional(),
  identityId: id.optional(),
  sessionId: id.optional(),
  kind: z.enum(RECORDED_KINDS).optional(),
  state: z.enum([...REVOCATION_STATES, 'regrown']).optional(),
  /** Exercises with a canary: `only`, or among the others; left out unless one identity or session is asked for. */
  drills: z.enum(['only', 'too']).optional(),
  /** Those of one action over many. */
  actionId: id.optional(),
  /** Those in which this system had a part. */
  connectorId: id.optional(),
  /** Those that missed the target, of the last 90 days. */
  missed: z.literal('true').optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ListInput = z.input<typeof listInputSchema>;

export interface Requested {
  revocationId: string;
  /** One per identity concerned. */
  revocationIds: string[];
  /** false: it was asked before, and this is that one. */
  created: boolean;
}

/** Body of REST mutations that end or restore access. */
export const mutationBodySchema = z.strictObject({
  ...why,
  /** Everything is looked up and nothing is changed; the audit says that it was a dry run. */
  dryRun: z.boolean().default(false),
});
export const requestedSchema = z.strictObject({
  revocationId: id,
  revocationIds: z.array(id).max(200),
  created: z.boolean(),
});

/** A state, and when it came to it: ISO 8601. */
export interface CameTo<S extends string = RevocationState> {
  state: S;
  at: string;
}

/** A step's state. What it said there, and what was seen, where something else was said afterwards. */
export interface StepCameTo extends CameTo<StepState> {
  detail?: string;
  proof?: NonNullable<StepRow['proof']>;
  /** A person asked for it again; `held`: nothing had shown until then that what was done did not hold. */
  again?: 'held' | 'open';
}

export interface StepRow {
  id: string;
  ordinal: number;
  system: string;
  connectorId: string | null;
  verb: string;
  state: StepState;
  title: string;
  detail: string | null;
  proof: { check: string; saw: string; at: string }[] | null;
  residuals: { what: string; why: string; until: string | null; gap?: string }[];
  attempts: number;
  startedAt: string | null;
  finishedAt: string | null;
  /** Every state it came to, in order: the first and the newest of very many. Of one from before this was kept, what came since. */
  history: StepCameTo[];
}

export interface RevocationRow {
  id: string;
  kind: RecordedKind;
  identityId: string;
  identityName: string;
  sessionIds: string[];
  state: RevocationState;
  reasonCode: string;
  reason: string;
  actorName: string;
  requestedAt: string;
  effectiveAt: string | null;
  verifiedAt: string | null;
  /** It is one of many that were asked for at once: when. What it took counts from there, not from when it was its turn; null: it was asked for alone. */
  clickedAt: string | null;
  /** Access had come back and was ended again then: what it took counts from there. */
  endedAgainAt: string | null;
  regrowthUntil: string | null;
  /** An exercise with a canary. */
  drill: boolean;
  /** The security event of another system that it follows from; null: none. */
  signalId: string | null;
  /** The one action over many that it is part of; null: it was asked for by itself. */
  actionId: string | null;
  /** Every state the whole came to: the least finished of its steps. */
  history: CameTo[];
  steps: StepRow[];
}

/** What a revocation would hit, shown before the click. */
export interface BlastRadius {
  identity: { id: string; name: string; state: string; protected: boolean };
  /** At most 200 of `sessionsTotal`, newest first. */
  sessions: {
    id: string;
    label: string;
    source: string;
    canEnd: boolean;
    why: string | null;
    /** It can be ended by itself, whatever else lives. */
    alone?: boolean;
  }[];
  sessionsTotal: number;
  systems: {
    connectorId: string | null;
    name: string;
    vendor: string;
    can: string;
    alsoHits: string;
    propagationMs: number;
    /** Nineteen of twenty were through by then, as measured; else the most its connector declares. ms */
    slowMs?: number;
    measured: boolean;
    reversible: boolean;
    /** Why not, of this identity. */
    irreversible?: string;
    /** What one termination ends; only where one session is ended. */
    ends?: 'session' | 'credential' | 'identity' | 'role';
    /** It does not answer: what is asked of it waits until it does. */
    down?: { why: string; since: string | null };
    /** The last drill here failed: the canary was still in when time was up. */
    drillFailed?: { at: string; revocationId: string | null };
  }[];
  /** What may live on after everything was ended that can be, and for how long at most (ms; null: no end of its own). */
  livesOn?: { system: string; what: string; forMs: number | null; gap: string }[];
  /** `instead`: what would end it there. */
  cannotEnd: { what: string; why: string; until: string | null; instead?: 'revoke' }[];
  /** Why a second operator has to agree; absent: nobody has to. Only before the click. */
  second?: string;
}

/** An allow that was committed while the state change was under way. */
export interface InFlight {
  decisionId: string;
  at: string;
  action: string;
  resource: string;
  amount: string | null;
  unit: string | null;
  scale: number;
}

export interface RevocationDetail extends RevocationRow {
  actor: { kind: string; id: string | null; name: string };
  inFlight: InFlight[];
  blastRadius: BlastRadius | null;
  /** The restore or resume that undid it, or a later one of the same kind. */
  undoneBy: string | null;
  /** The identity's state now. */
  identityState: string;
  protected: boolean;
}

/** Click to verified, milliseconds. */
export interface Propagation {
  p50: number;
  p95: number;
  count: number;
}

export interface RevocationSummary {
  total: number;
  /** Neither verified nor unverifiable, or regrown. */
  unfinished: number;
  verified: number;
  residual: number;
  regrown: number;
  /** null until one has been verified. */
  clickToVerifiedMs: Propagation | null;
  perConnector: ({ connectorId: string; name: string } & Propagation)[];
}
