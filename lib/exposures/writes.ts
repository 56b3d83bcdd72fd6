import type { SealedColumns } from '@/lib/decisions/record-text';
import type { Entry, ExposureState, Hold, HoldState } from '@/lib/exposures/model';
import type { SessionSeen } from '@/lib/policies/compiled-model';
import type { Consequence } from '@/lib/policies/obligations-evaluate';

// What a batch came to, before it is written.

/** A decision's row; its latency is known when it is written. */
export interface DecisionWrite extends SealedColumns {
  sessionId: string;
  arrivedMs: number;
  trace: string;
}

/** A session a batch decided for, with what it did. */
export interface Touched {
  session: SessionSeen;
  decisions: number;
  reads: number;
  changes: number;
  /** The caller said something else of it than before. */
  changed: boolean;
  /** ms; when it was last decided for. */
  atMs?: number;
}

/** One record of the chain, in the order it happened: a decision with what it moved, or an entry that no decision of this batch made. */
export type Recorded = { decision: DecisionWrite; entries: Entry[] } | { entry: Entry };

export interface Writes {
  nowMs: number;
  records: Recorded[];
  states: ExposureState[];
  holds: Hold[];
  closed: { id: string; state: HoldState; settled: { exposureId: string; settled: bigint }[] }[];
  /** Sessions decided for, by id; and those of them that are due to be written. */
  touched: Map<string, Touched>;
  sessions: Touched[];
  /** By token and key. `createdMs`: of a key whose answer was given again, just after its decision, which tells that it was. */
  keys: Map<
    string,
    {
      tokenId: string;
      key: string;
      bodyHash: Buffer;
      decisionId: string;
      response: string;
      /** Nothing is stored under it. */
      isNew: boolean;
      createdMs?: number;
    }
  >;
  /** What was done without asking, as it was told and decided. */
  told: ToldWrite[];
  hints: { topic: string; ids: string[] }[];
  detect: boolean;
  /** What rules make Braid end or pause. */
  consequences: ConsequenceWrite[];
}

export interface ToldWrite {
  tokenId: string;
  ref: string;
  atMs: number;
  bodyHash: Buffer;
  decisionId: string;
  allowed: boolean;
  reason: string;
  amount: bigint | null;
  unit: string | null;
  scale: number;
}

/** Also the payload of the job that carries it out. */
export interface ConsequenceWrite {
  kind: Consequence['kind'];
  /** The rule that wants it: `set/rule`. */
  by: string;
  decisionId: string;
  identityId: string;
  sessionId: string;
  reason: string;
}

export const noWrites = (nowMs: number): Writes => ({
  nowMs,
  records: [],
  states: [],
  holds: [],
  closed: [],
  touched: new Map(),
  sessions: [],
  keys: new Map(),
  told: [],
  hints: [],
  detect: false,
  consequences: [],
});
