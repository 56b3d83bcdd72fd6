'use client';

import Link from 'next/link';
import classes from '@/components/revocations/revocations.module.css';
import { duration } from '@/components/ui/dates';
import type { Span, SystemTimes } from '@/lib/revocations/times/model';

/** "0.6 s · 1.1 s of 12", which leads to those twelve. */
function Measured({ one, connectorId }: { one: Span | null; connectorId: string | null }) {
  if (!one) return '–';
  const href = connectorId ? `/revocations?connectorId=${connectorId}` : '/revocations';
  return (
    <>
      {duration(one.p50)} · {duration(one.p95)} of <Link href={href}>{one.count}</Link>
    </>
  );
}

/** Where nothing was ended, nothing was missed either, and nobody should be pleased about it. */
function Missed({ one }: { one: SystemTimes }) {
  if (one.total === 0 || (one.total === undefined && !one.missed && !one.verified)) return '–';
  if (!one.missed) return one.missed;
  return (
    <Link href={`/revocations?missed=true${one.connectorId ? `&connectorId=${one.connectorId}` : ''}`}>
      {one.missed}
    </Link>
  );
}

/** "1.2 s · 1 of 3 failed": the later of refused and dead, of those that passed. */
function drilledText(drilled: SystemTimes['drilled']): string {
  if (!drilled?.count) return '–';
  const out = drilled.refusedMs === null ? '' : duration(Math.max(drilled.refusedMs, drilled.deadMs ?? 0));
  return [out, drilled.failed ? `${drilled.failed} of ${drilled.count} failed` : ''].filter(Boolean).join(' · ');
}

/** What each system declares, what drills found, and what was measured; figures open their revocations. */
export function SystemTimesTable({ systems }: { systems: SystemTimes[] }) {
  return (
    <table className={classes.hits}>
      <thead>
        <tr>
          <th>System</th>
          <th>Declared</th>
          <th>In drills</th>
          <th>To effective, p50 · p95</th>
          <th>To verified, p50 · p95</th>
          <th>Missed</th>
        </tr>
      </thead>
      <tbody>
        {systems.map((one) => (
          <tr key={one.connectorId ?? 'decision'}>
            <td>
              {one.connectorId ? (
                <Link href={`/revocations?connectorId=${one.connectorId}`}>{one.name}</Link>
              ) : (
                one.name
              )}
            </td>
            <td>{one.declared ? `${duration(one.declared.p50)}, at most ${duration(one.declared.max)}` : '–'}</td>
            <td>{drilledText(one.drilled)}</td>
            <td>
              <Measured one={one.effective} connectorId={one.connectorId} />
            </td>
            <td>
              <Measured one={one.verified} connectorId={one.connectorId} />
            </td>
            <td>
              <Missed one={one} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
