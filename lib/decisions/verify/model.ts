import { z } from 'zod';

// What the proof of the log finds, and where it stands.

/** What is wrong with the log, as stable codes. */
export const PROBLEM_CODES = [
  'record.changed',
  'record.missing',
  'record.twice',
  'record.unknown_writer',
  'tail.cut',
  'head.differs',
  'writer.gone',
  'writer.shorter',
  'checkpoint.changed',
  'checkpoint.missing',
  'checkpoint.signature',
  'checkpoint.contradicted',
  'ledger.missing',
  'ledger.sum',
  'ledger.opening',
  'counter.differs',
  'slices.differ',
  'slices.moved',
  'approval.unproven',
  'exemption.unproven',
  'identity.unproven',
  'session.unproven',
  'task.unproven',
  'token.unproven',
  'policy.unproven',
  'operator.unproven',
  'grant.unproven',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export const problemSchema = z.strictObject({
  code: z.enum(PROBLEM_CODES),
  /** What it is about: `decision <id>`, `exposure <id>`, `identity <id>`, `writer <id>`, `checkpoint <seq>`. */
  record: z.string().max(200),
  message: z.string().max(2_000),
});
export type Problem = z.infer<typeof problemSchema>;

export const MAX_PROBLEMS = 100;
const count = z.number().int().min(0);

/** What one run of `braid audit verify` proved. */
export const verificationSchema = z.strictObject({
  ok: z.boolean(),
  decisions: count,
  ledgerEntries: count,
  auditEntries: count,
  /** Audit rows that were written within the last seconds and wait for their seal. */
  auditWaiting: count,
  writers: count,
  exposures: count,
  checkpoints: count,
  /** Copies of checkpoints from outside the database that were compared. */
  keptCheckpoints: count,
  lastCheckpoint: z.strictObject({ seq: z.string().max(20), at: z.string().max(40) }).nullable(),
  /** Days dropped by retention that a signed checkpoint accounts for. */
  droppedDays: count,
  seconds: z.number(),
  problems: z.array(problemSchema).max(MAX_PROBLEMS),
  problemsTotal: count,
});
export type Verification = z.infer<typeof verificationSchema>;

export interface Progress {
  stage: 'chains' | 'ledger' | 'checkpoints';
  /** Records walked, of how many. */
  done: number;
  total: number;
}

/** Collects what is wrong; keeps the first hundred and counts the rest. */
export class Problems {
  readonly list: Problem[] = [];
  total = 0;

  add(code: ProblemCode, record: string, message: string): Problem {
    const problem = { code, record: record.slice(0, 200), message: message.slice(0, 2_000) };
    this.total += 1;
    if (this.list.length < MAX_PROBLEMS) this.list.push(problem);
    return problem;
  }
}
