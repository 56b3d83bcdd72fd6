import { SEVERITIES } from '@/lib/findings/model';
import { type Match, NO_OWNER, type NoticeFact } from '@/lib/notifications/model';

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

/** Is a route's listener to be told of this? What is about no identity passes filters on identities only where they ask nothing. */
export function matches(match: Match, notice: NoticeFact): boolean {
  if (!match.events.includes(notice.event)) return false;
  if (SEVERITIES.indexOf(notice.severity) < SEVERITIES.indexOf(match.minSeverity)) return false;
  if (match.detectors.length > 0 && notice.target.type === 'finding') {
    if (!match.detectors.some((detector) => detector === notice.detector)) return false;
  }
  const { identity } = notice.body;
  const owner = identity?.owner?.trim() || NO_OWNER;
  if (match.owners.length > 0 && !(identity && match.owners.some((one) => same(one, owner)))) return false;
  const workflows = identity?.workflows ?? [];
  if (match.workflows.length > 0 && !match.workflows.some((one) => workflows.some((of) => same(one, of)))) return false;
  const environment = identity?.environment ?? '';
  return match.environments.length === 0 || match.environments.some((one) => same(one, environment));
}
