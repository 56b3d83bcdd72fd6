import { meterText, percentOf, plural, severalSets } from '@/lib/exposures/format';
import type { ExposureView } from '@/lib/exposures/model';
import type { WorkflowDetail, WorkflowRow } from '@/lib/workflows/model';

/** What the list found, in one sentence. */
export function listSentence(rows: WorkflowRow[]): string {
  if (rows.length === 0) return 'No identities are known to act for one purpose.';
  const live = rows.filter((row) => row.liveSessions > 0).length;
  return `${rows.length} ${plural(rows.length, 'workflow')}, ${live} with live sessions.`;
}

/** What a workflow's page found, after its name. */
export function workflowSentence({ identities, liveSessions, exposures }: WorkflowDetail): string {
  if (identities === 0) return 'has no identities: nothing is counted over it.';
  const who = `${identities} ${plural(identities, 'identity acts', 'identities act')} for it`;
  const sessions = `${liveSessions} live ${plural(liveSessions, 'session')}`;
  const nearest = exposures.find((one) => one.limit !== null);
  return `: ${who} through ${sessions}; ${nearest ? limitWords(nearest, severalSets(exposures)) : 'no limit spans them.'}`;
}

function limitWords(exposure: ExposureView, several: boolean): string {
  const used = percentOf(BigInt(exposure.settled) + BigInt(exposure.held), exposure.limit!);
  return `together they stand at ${used} % of ${meterText(exposure, several)}.`;
}
