import { IMPACTS, type Impact } from '@/lib/findings/impacts-model';
import type { Detector, Found } from '@/lib/findings/model';
import type { EventFact } from '@/lib/findings/picture-model';

/** What keeps others from working: something is deleted, stopped, switched off or locked. */
const DISRUPTS =
  /(?:^|[.:_\-/]|[a-z])(?:delete|remove|destroy|terminate|stop|disable|deactivate|revoke|suspend|detach|purge|drop|lock|shutdown|cancel)/i;
/** A session that ends, or one's own session's housekeeping, keeps nobody from anything. */
const HARMLESS = /session|log_?out|cookie|assumerole/i;

/** What these events did. Attempts that failed did nothing. */
export function impactOfEvents(events: readonly Pick<EventFact, 'action' | 'class' | 'outcome' | 'told'>[]): Impact[] {
  const did = new Set<Impact>();
  for (const event of events) {
    if (event.outcome === 'failure') continue;
    if (event.class === 'change') did.add('change');
    if (event.class === 'export') did.add('exfiltration');
    const ends = event.told.life && ['disabled', 'deleted', 'revoked'].includes(event.told.life.what);
    if (ends || (event.class === 'change' && DISRUPTS.test(event.action) && !HARMLESS.test(event.action)))
      did.add('disruption');
  }
  return IMPACTS.filter((impact) => did.has(impact));
}

/** What a detector's pattern is made to do, where its evidence is decisions and not events, or is about more than events say. */
const STANDS_FOR: Partial<Record<Detector, Impact[]>> = {
  extraction: ['exfiltration'],
  structuring: ['change'],
  'limit-crossed': ['change'],
  'read-change-split': ['change', 'exfiltration'],
  'approval-beside-maintenance': ['change'],
  'failed-approvals': ['change'],
  'lease-contention': ['disruption'],
  'concurrency-limit': ['disruption'],
};

/** What a finding has done or is made to do, in a fixed order; none: it only looked, as far as is known. */
export function impactOf(found: Pick<Found, 'detector' | 'impact'>): Impact[] {
  const all = new Set([...(found.impact ?? []), ...(STANDS_FOR[found.detector] ?? [])]);
  return IMPACTS.filter((impact) => all.has(impact));
}
