import Link from 'next/link';
import { duration } from '@/components/ui/dates';
import { SystemNumbers } from '@/components/ui/system-card';
import type { SystemTimes } from '@/lib/revocations/times/model';

const or = (ms: number | null | undefined): string => (ms === null || ms === undefined ? '–' : duration(ms));

/** How long ending access takes here: declared, in drills, and as it was measured on real ones. */
export function ConnectorTimes({ times }: { times: SystemTimes }) {
  const { connectorId, declared, drilled, effective, verified, missed, total } = times;
  const out = drilled && drilled.refusedMs !== null ? Math.max(drilled.refusedMs, drilled.deadMs ?? 0) : null;
  const failed = drilled?.failed ? `${drilled.failed} of ${drilled.count} failed` : '';
  const cells: [string, string][] = [
    ['Declared', declared ? `${or(declared.p50)}, at most ${or(declared.max)}` : '–'],
    [
      'In drills, canary out after',
      drilled?.count ? [out === null ? '' : duration(out), failed].filter(Boolean).join(' · ') : 'not drilled',
    ],
    ['To effective, p50 · p95', effective ? `${or(effective.p50)} · ${or(effective.p95)}` : '–'],
    ['To verified, p50 · p95', verified ? `${or(verified.p50)} · ${or(verified.p95)}` : '–'],
  ];
  const late = total ? (
    <>
      <Link href={`/revocations?connectorId=${connectorId}&missed=true`}>{missed}</Link> of{' '}
      <Link href={`/revocations?connectorId=${connectorId}`}>{total}</Link>, {verified?.count ?? 0} proven
    </>
  ) : (
    'nothing was ended yet'
  );
  return (
    <SystemNumbers
      label="Time to revoke"
      numbers={[...cells.map(([term, value]) => ({ term, value })), { term: 'Missed the target', value: late }]}
    />
  );
}
