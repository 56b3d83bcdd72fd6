import { Button, VisuallyHidden } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/revocations/revocations.module.css';
import { duration } from '@/components/ui/dates';
import { When } from '@/components/ui/when';
import type { BlastRadius, RecordedKind } from '@/lib/revocations/model';

const several = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;

/** "2 orders-db, 1 decision point": where the sessions live. */
function places(radius: BlastRadius): string {
  const counts = new Map<string, number>();
  for (const session of radius.sessions) {
    const name = session.source === 'pdp' ? 'decision point' : session.source;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ');
}

const time = (system: BlastRadius['systems'][number]) =>
  `${system.measured ? '' : '≈ '}${duration(system.propagationMs)}`;

/** What it hits, how long that takes as measured here (≈ as declared), and what can't be ended. `onRevoke`: opens what ends it instead. */
export function BlastTable({
  radius,
  kind,
  onRevoke,
}: {
  radius: BlastRadius;
  kind: RecordedKind;
  onRevoke?: () => void;
}) {
  const opens = kind === 'resume' || kind === 'restore';
  const measured = radius.systems.every((system) => system.measured);
  const some = radius.systems.some((system) => system.measured);
  return (
    <table className={classes.hits}>
      <thead>
        <tr>
          <th>{opens ? 'What it opens' : 'What it hits'}</th>
          <th>
            <VisuallyHidden>How</VisuallyHidden>
          </th>
          <th>{measured ? 'Measured' : some ? 'Measured, ≈ declared' : '≈ as declared'}</th>
        </tr>
      </thead>
      <tbody>
        {opens ? null : (
          <tr>
            <td>{several(radius.sessionsTotal, 'live session')}</td>
            <td>{radius.sessionsTotal ? places(radius) : 'nothing is live at the moment'}</td>
            <td>{radius.systems.length > 1 ? time(radius.systems.at(-1)!) : ''}</td>
          </tr>
        )}
        {radius.systems.map((system) => (
          <tr key={system.connectorId ?? 'decision'}>
            <td>{system.name}</td>
            <td>
              {system.can}
              {system.alsoHits ? `. ${system.alsoHits}` : ''}
              {!opens && system.connectorId && system.reversible && kind !== 'terminate' ? ' Can be restored.' : ''}
              {system.drillFailed ? (
                <div data-tone="amber">
                  Last drill failed <When at={system.drillFailed.at} />: canary still in.{' '}
                  <Link
                    href={
                      system.drillFailed.revocationId
                        ? `/revocations/${system.drillFailed.revocationId}`
                        : `/connectors#${system.connectorId}`
                    }
                  >
                    What it saw
                  </Link>
                </div>
              ) : null}
            </td>
            <td>{time(system)}</td>
          </tr>
        ))}
        {radius.cannotEnd.map((one) => (
          <tr key={one.what}>
            <td>Can’t be ended</td>
            <td data-tone="amber">
              {one.what}: {one.why}
              {one.instead && onRevoke && !radius.identity.protected && radius.identity.state !== 'revoked' ? (
                <div>
                  <Button size="compact-xs" color="red" variant="outline" mt={4} onClick={onRevoke}>
                    Revoke access of {radius.identity.name}…
                  </Button>
                </div>
              ) : null}
            </td>
            <td>
              {one.until ? (
                <>
                  ends <When at={one.until} />
                </>
              ) : (
                'no end known'
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
