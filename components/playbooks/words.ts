import { plural } from '@/lib/exposures/format';
import type { ActTotals } from '@/lib/playbooks/acts-model';
import { type PlaybookRow, STEPS, type StepRow } from '@/lib/playbooks/model';

/** "2 of 4 done, 1 waived" */
export function stepsWords(steps: readonly Pick<StepRow, 'state'>[]): string {
  const done = steps.filter((step) => step.state === 'done').length;
  const waived = steps.filter((step) => step.state === 'waived').length;
  return `${done} of ${steps.length} done${waived ? `, ${waived} waived` : ''}`;
}

export function sentenceOf(rows: readonly Pick<PlaybookRow, 'state'>[]): string {
  const open = rows.filter((row) => row.state === 'open').length;
  if (rows.length === 0) return 'No incident is being contained.';
  if (open === 0) return 'Every incident shown is contained.';
  return `${open} ${plural(open, 'incident is', 'incidents are')} not contained yet.`;
}

/** "31 acts in 4 sessions, 1 of them under the authority of others; 2 refused or failed." */
export function actsSentence(acts: ActTotals): string {
  const heirs = acts.heirs ? `, ${acts.heirs} of them under the authority of another` : '';
  const refused = acts.refused ? `; ${acts.refused} refused or failed` : '';
  return `${acts.calls} ${plural(acts.calls, 'act')} in ${acts.sessions} ${plural(acts.sessions, 'session')}${heirs}${refused}.`;
}

/** What is left, for the page's first sentence. */
export function leftWords(row: Pick<PlaybookRow, 'state' | 'steps'>): string {
  if (row.state === 'contained') return 'contained';
  const left = row.steps.filter((step) => step.state === 'open').map((step) => STEPS[step.kind].toLowerCase());
  if (left.length === 0) return 'every step is done or waived: it can be called contained';
  return `not contained yet: ${left.join(', ')} ${plural(left.length, 'is', 'are')} left`;
}
