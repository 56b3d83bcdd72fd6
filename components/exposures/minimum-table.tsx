import { VisuallyHidden } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/exposures/minimum.module.css';
import { duration } from '@/components/ui/dates';
import { amountText } from '@/lib/exposures/format';
import type { MinimumSet } from '@/lib/replay/minimum-set-model';

type One = MinimumSet['sessions'][number];

const REACH: Record<One['reach'], string> = {
  session: 'nothing else',
  credential: 'all of its credential',
  identity: 'all of its identity',
  role: 'all of its role',
};

const MOST = 12;

/** Those of the set first, then the others that have a part in it: what each gives back, how soon it ends, what goes with it. */
export function MinimumTable({ found }: { found: MinimumSet }) {
  const chosen = new Set(found.minimum ?? []);
  const rows = [
    ...found.sessions.filter((one) => chosen.has(one.sessionId)),
    ...found.sessions.filter((one) => !chosen.has(one.sessionId)),
  ];
  const say = (minor: string) => amountText(minor, found.scale, found.unit);
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th>Session</th>
          <th>Gives back</th>
          <th>Ends in</th>
          <th>Takes with it</th>
        </tr>
      </thead>
      <tbody>
        {rows.slice(0, MOST).map((one) => (
          <tr key={one.sessionId} data-chosen={chosen.has(one.sessionId)}>
            <td>
              <Link href={`/sessions/${one.sessionId}`} title={one.identityName} prefetch={false}>
                {one.label}
              </Link>
              {chosen.has(one.sessionId) ? <VisuallyHidden> is in the minimum set</VisuallyHidden> : null}
            </td>
            <td title={one.stays === '0' ? undefined : `${say(one.stays)} stays`}>{say(one.back)}</td>
            <td title={one.why ?? one.where}>
              {one.canEnd && one.endsInMs !== null ? (
                `${one.measured ? '' : '≈ '}${duration(one.endsInMs)}`
              ) : (
                <span data-tone="amber">not alone</span>
              )}
            </td>
            <td>{one.canEnd ? REACH[one.reach] : 'refused by Braid only'}</td>
          </tr>
        ))}
        {rows.length > MOST ? (
          <tr>
            <td colSpan={4}>and {rows.length - MOST} more that have a part in it</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
