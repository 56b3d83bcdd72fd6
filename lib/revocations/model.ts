import { z } from 'zod';

export const REVOCATION_KINDS = ['terminate', 'revoke', 'pause', 'resume', 'restore'] as const;
export type RevocationKind = (typeof REVOCATION_KINDS)[number];

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

/** A revocation shows the least finished of its steps. `regrown` is set apart and overrides. */
export const leastFinished = (steps: readonly StepState[]): StepState =>
  steps.reduce<StepState>(
    (least, state) => (REVOCATION_STATES.indexOf(state) < REVOCATION_STATES.indexOf(least) ? state : least),
    'verified',
  );

/** Why people end access. The first is the default, so that click and Enter end it. */
export const REASON_CODES = {
  suspected_theft: 'Suspected token theft',
  limit_abuse: 'Limit evaded across sessions',
  unexpected_behaviour: 'Unexpected behaviour',
  no_longer_needed: 'No longer needed',
  compromise_confirmed: 'Compromise confirmed',
  test: 'Drill or test',
} as const;
export const reasonCodeSchema = z.enum(Object.keys(REASON_CODES) as [keyof typeof REASON_CODES]);
export type ReasonCode = keyof typeof REASON_CODES;

export const reasonSchema = z.strictObject({ reasonCode: reasonCodeSchema, reason: z.string().trim().max(2000) });

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
}

export interface RevocationRow {
  id: string;
  kind: RevocationKind;
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
  regrowthUntil: string | null;
  steps: StepRow[];
}

/** What a revocation would hit, shown before the click. */
export interface BlastRadius {
  identity: { id: string; name: string; state: string; protected: boolean };
  sessions: { id: string; label: string; source: string; canEnd: boolean; why: string | null }[];
  systems: {
    connectorId: string | null;
    name: string;
    vendor: string;
    can: string;
    alsoHits: string;
    propagationMs: number;
    measured: boolean;
    reversible: boolean;
  }[];
  cannotEnd: { what: string; why: string; until: string | null }[];
}
