'use client';

import Link from 'next/link';
import classes from '@/components/revocations/revocations.module.css';
import { duration } from '@/components/ui/dates';
import type { Span, SystemTimes } from '@/lib/revocations/times/model';

const span = (one: Span | null) => (one ? `${duration(one.p50)} · ${duration(one.p95)}` : '–');

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
            <td>{one.declared ? duration(one.declared.p50) : '–'}</td>
            <td>{drilledText(one.drilled)}</td>
            <td>{span(one.effective)}</td>
            <td>{span(one.verified)}</td>
            <td>
              {one.missed && one.connectorId ? (
                <Link href={`/revocations?connectorId=${one.connectorId}&missed=true`}>{one.missed}</Link>
              ) : (
                one.missed
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
