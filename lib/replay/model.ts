import { z } from 'zod';
import type { ExposureSeen, Reason, RuleSeen, Trace, Verdict } from '@/lib/decisions/model';
import type { Approvals, ExposureState, Hold } from '@/lib/exposures/model';
import type { ApprovalSeen, Asked, CompiledSet, IdentitySeen, SessionSeen } from '@/lib/policies/compiled-model';

/** Exposures and holds in memory: what requests are judged on again. Amounts are minor units. */
export interface World {
  states: Map<string, ExposureState>;
  holds: Map<string, Hold>;
  /** Hold made by a decision. */
  holdOf: Map<string, string>;
  /** What a `distinct` meter was asked to tell apart, by decision and exposure. */
  valueOf: Map<string, string>;
}

/** One request to a world, with everything its judgement may look at. */
export interface WorldAsk {
  decisionId: string;
  atMs: number;
  request: Asked;
  identity: IdentitySeen;
  session: SessionSeen;
  /** Live sessions of the identity, this one included, oldest first. */
  sessions: SessionSeen[];
  workflowSessions?: Map<string, SessionSeen[]>;
  truncated?: boolean;
  credentialId?: string;
  longest?: number;
  /** The approval it carried, where that held for it. */
  approval?: ApprovalSeen;
  /** Or approvals as they stand, and the id of the one it says it carries: whether that holds is judged. */
  approvals?: Approvals;
  approvalId?: string;
  /** Tasks that are over, by `taskKey`. */
  endedTasks?: ReadonlySet<string>;
  /** Asked for as a sub-limit, held so long. */
  allotment?: { secs: number };
  /** Done without asking at this time, ms: it counts whatever is decided. */
  toldMs?: number;
  /** It was answered while shared state could not be reached. */
  unavailable?: boolean;
  sets: CompiledSet[];
  /** Sessions that have ended: what is counted over live sessions leaves with them. */
  ended?: ReadonlySet<string>;
  /** What a session's own ledger held from before the history began, by exposure. */
  carried?: ReadonlyMap<string, bigint>;
  /** What it stood at by the record: what this world has not seen it grow by is carried. */
  standing?: ReadonlyMap<string, bigint>;
}

/** What a world answered. */
export interface Judged {
  decisionId: string;
  atMs: number;
  identityId: string;
  sessionId: string;
  verdict: Verdict;
  alone: Verdict | null;
  reason: Reason;
  message: string | null;
  ruleId: string | null;
  policySet: string | null;
  exposureId: string | null;
  /** Of the deciding or first sum. */
  amount: bigint | null;
  unit: string | null;
  scale: number;
  holdId: string | null;
  rules: RuleSeen[];
  exposures: ExposureSeen[];
  carried: ReadonlyMap<string, bigint>;
  /** The session as the request left it. */
  session: SessionSeen;
  /** The identity afterwards: a rule may have paused or revoked it. */
  identity: IdentitySeen;
}

/** How a hold ended, or what moved an exposure that is not decided here. */
export interface WorldClosing {
  decisionId: string;
  atMs: number;
  kind: 'settle' | 'release' | 'expire';
  /** Minor units per exposure; absent: as reserved, or nothing when given back. */
  actual?: ReadonlyMap<string, bigint>;
}

/** What is other than it was. Amounts are minor units. */
export interface Change {
  /** Sets that stand in place of those of the same name; a new name is added. */
  sets?: CompiledSet[];
  limits?: { set: string; ruleId: string; max: bigint }[];
  /** A meter's `per`. */
  scopes?: { set: string; meter: string; per: string | string[] }[];
  /** Sessions that ask no more from an instant; 0: that never were. */
  ended?: { sessionId: string; atMs: number }[];
}

/** One stored decision, judged again. */
export interface Replayed {
  recorded: Trace;
  /** With nothing changed. */
  same: Judged;
  /** What differs between `same` and the record; empty: it was reproduced. */
  differs: string[];
  /** With the change; null without one. */
  changed: Judged | null;
}

export interface ReplaySummary {
  from: string;
  to: string;
  decisions: number;
  reproduced: number;
  /** More decisions lie in the period than were replayed: the oldest are left out. */
  truncated: boolean;
  /** Meters (`set/meter`) that stood at values nobody can tell any more where the replay began. */
  unknown: string[];
  /** Meters (`set/meter`) whose window was another before: what had left it, or had not yet, is not replayed exactly. */
  inexact: string[];
}

const time = z.iso.datetime({ offset: true });
export const replayQuerySchema = z.strictObject({
  from: time,
  to: time,
  identityIds: z.array(z.uuid()).max(50).optional(),
  /** Only identities that have to do with this exposure. */
  exposureId: z.uuid().optional(),
  /** Decisions at most; the newest of the period. */
  limit: z.number().int().min(1).max(200_000).default(10_000),
});
export type ReplayQuery = z.input<typeof replayQuerySchema>;
