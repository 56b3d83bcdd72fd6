import type { ProblemCode } from '@/lib/decisions/verify/model';
import type { VerificationRun } from '@/lib/decisions/verify/runs-model';

const STAGES: Record<string, string> = { chains: 'reading the chains', ledger: 'adding the ledger up' };

/** What each kind of problem means, for a table. */
export const PROBLEM_WORDS: Record<ProblemCode, string> = {
  'record.changed': 'Changed',
  'record.missing': 'Missing',
  'record.twice': 'There twice',
  'record.unknown_writer': 'Of an unknown writer',
  'tail.cut': 'Cut off',
  'head.differs': 'Head differs',
  'writer.gone': 'Chain gone',
  'writer.shorter': 'Chain shorter',
  'checkpoint.changed': 'Checkpoint changed',
  'checkpoint.missing': 'Checkpoint missing',
  'checkpoint.signature': 'Not signed by this installation',
  'checkpoint.contradicted': 'Contradicts a checkpoint',
  'ledger.missing': 'Ledger entry missing',
  'ledger.sum': 'Ledger does not add up',
  'ledger.opening': 'Opening balances changed',
  'counter.differs': 'Counter changed',
  'slices.differ': 'Slices or holds changed',
  'slices.moved': 'Slices moved',
  'approval.unproven': 'Approval not in the log',
  'exemption.unproven': 'Exemption not in the log',
  'identity.unproven': 'Identity opened again',
  'session.unproven': 'Session opened again',
  'task.unproven': 'Task opened again',
  'token.unproven': 'Token not as in the log',
  'policy.unproven': 'Policies not as in the log',
  'operator.unproven': 'Operators not as in the log',
  'grant.unproven': 'Roles for a time not as in the log',
};

/** One word for a run that has ended. */
export function provenWords(run: VerificationRun | null): string {
  if (!run) return 'Not yet';
  if (run.state === 'failed') return 'Not finished';
  return run.result?.ok ? 'Whole' : 'Broken';
}

export function provenTone(run: VerificationRun | null): 'green' | 'red' | 'amber' | undefined {
  if (!run) return undefined;
  if (run.state === 'failed') return 'amber';
  return run.result?.ok ? 'green' : 'red';
}

const many = (n: number, one: string, several = `${one}s`): string =>
  `${n.toLocaleString('en').replaceAll(',', '\u00a0')} ${n === 1 ? one : several}`;

/** What the newest run found, as one sentence. */
export function runSentence(run: VerificationRun | null): string {
  if (!run) return 'The log has not been proven yet.';
  if (run.state === 'running') {
    const { stage, done, total } = run.progress;
    const far =
      done && total ? `: ${STAGES[stage ?? ''] ?? stage}, ${Math.min(99, Math.floor((100 * done) / total))} %` : '';
    return `The log is being proven${far}.`;
  }
  if (run.state === 'failed')
    return `The last proof could not be finished: ${run.progress.error ?? 'the process log says why.'}`;
  const result = run.result!;
  if (!result.ok)
    return `The log is broken in ${many(result.problemsTotal, 'place')}: something in it was changed, taken out or cut off.`;
  return `${many(result.decisions, 'decision')}, ${many(result.ledgerEntries, 'ledger entry', 'ledger entries')} and ${many(result.auditEntries, 'audit row')} stand as they were written; nothing is missing and the ledger adds up.`;
}

/** Audit rows that wait for their seal, which comes within seconds. */
export const waitingWords = (rows: number): string =>
  rows === 0 ? 'Every row is sealed.' : `${many(rows, 'row waits for its seal', 'rows wait for their seal')}.`;
