// What callers say and are answered.

export interface Entity {
  type: string;
  id: string;
  properties?: Record<string, unknown>;
}

export interface Action {
  name: string;
  properties?: Record<string, unknown>;
}

/** Where a request comes from, as the caller vouches for it. Absent: one implicit session of token and subject. */
export interface SessionContext {
  id: string;
  network?: string;
  region?: string;
  device?: string;
  runtime?: string;
  agent?: string;
  key?: string;
  tags?: string[];
  task?: string;
  scope?: string;
  label?: string;
}

export interface Question {
  subject: Entity;
  action: Action;
  resource: Entity;
  context?: Record<string, unknown>;
}

export interface AskOptions {
  session?: SessionContext;
  credential?: { id: string };
  /** Asks again under this key get the same answer and count once, also from another process; 24 h. */
  idempotencyKey?: string;
  /** Looks only: nothing is reserved. */
  dryRun?: boolean;
  /** An approval this question was given: `await braid.approval(...)`. */
  approval?: Approval;
  /** Sent as X-Request-ID; made if absent. */
  requestId?: string;
  signal?: AbortSignal;
}

export type Verdict = 'allow' | 'step_up' | 'pause' | 'deny';

/** One exposure as the decision saw it: minor units as decimal strings. */
export interface Exposure {
  /** Policy set the meter is of: sets may have meters of one name. */
  set: string;
  meter: string;
  scope: string;
  key: string;
  unit?: string;
  scale: number;
  limit?: string;
  settled: string;
  held: string;
  after: string;
}

export interface Decision {
  allowed: boolean;
  verdict: Verdict;
  /** Stable, machine-readable: `ok`, `aggregate_value_exceeded`, `state_unavailable`, … */
  reason: string;
  message: string | null;
  /** What a per-session control would have said. */
  alone: Verdict | null;
  decisionId: string | null;
  /** To settle or release, where a meter holds until it is told what became of it. */
  holdId: string | null;
  expiresAt: string | null;
  exposures: Exposure[];
  /** The decision point could not be asked; `allowed` is what the client was told to do then. */
  unavailable: boolean;
  /** AuthZEN's open context, whole. */
  context: Record<string, unknown>;
}

export interface Approval {
  id: string;
  approved_at?: string;
  approved_until: string;
}

export interface ApprovalTask {
  id: string;
  status: 'pending' | 'approved' | 'denied' | 'expired' | 'cancelled' | (string & {});
  expiresAt: string | null;
  /** Only when approved. */
  approval: Approval | null;
}

export interface SearchPage<Result> {
  results: Result[];
  /** '' = there is no more. */
  nextToken: string;
}

export interface HoldState {
  id: string;
  state: 'held' | 'settled' | 'released' | 'expired';
  expiresAt: string;
}

export interface BraidOptions {
  /** Of the decision point: `https://pdp.example.com`. */
  url: string;
  /** API token with scope `decide`. */
  token: string;
  /** One attempt at most, ms. */
  timeoutMs?: number;
  /** Attempts after the first, with the same request id, so that whatever was decided counts once. */
  retries?: number;
  /** What a decision is when nobody could be asked. `throw`: an error instead. */
  onUnavailable?: 'deny' | 'allow' | 'throw';
  /** Sent with every question that names none. */
  session?: SessionContext;
  fetch?: typeof globalThis.fetch;
}

export type Json = Record<string, unknown>;
