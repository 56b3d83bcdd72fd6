import { Button, VisuallyHidden } from '@mantine/core';
import Link from 'next/link';
import { LivesOn } from '@/components/revocations/lives-on';
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

type System = BlastRadius['systems'][number];

function Time({ system }: { system: System | undefined }) {
  if (!system) return null;
  if (system.down) return <span data-tone="amber">when it answers</span>;
  const slow = system.slowMs && system.slowMs > system.propagationMs ? duration(system.slowMs) : null;
  return (
    <span title={slow ? `${system.measured ? '19 of 20 within' : 'at most, as declared:'} ${slow}` : undefined}>
      {system.measured ? '' : '≈ '}
      {duration(system.propagationMs)}
    </span>
  );
}

/** The last to be through: what is down is behind all others. */
const slowest = (systems: System[]): System | undefined =>
  [...systems].sort(
    (a, b) => Number(Boolean(b.down)) - Number(Boolean(a.down)) || b.propagationMs - a.propagationMs,
  )[0];

/** What one termination ends where that is more than the session. */
const ENDS: Record<NonNullable<System['ends']>, string> = {
  session: '',
  credential: 'Everything of the same credential ends with it. ',
  identity: 'Everything of the identity there ends with it. ',
  role: 'Everybody’s sessions of the role end with it. ',
};

function How({ system, kind }: { system: System; kind: RecordedKind }) {
  const closing = kind === 'revoke' || kind === 'pause';
  return (
    <>
      {system.down ? (
        <div data-tone="amber">
          Down
          {system.down.since ? (
            <>
              {' '}
              (last answer <When at={system.down.since} />)
            </>
          ) : null}
          : {system.down.why}. What is asked waits and is tried as long as it takes; until then only Braid denies.
        </div>
      ) : null}
      {system.can}
      {system.ends && system.ends !== 'session' ? `. ${ENDS[system.ends].trim().replace(/\.$/, '')}` : ''}
      {system.alsoHits ? `. ${system.alsoHits}` : ''}
      {closing && system.connectorId && system.reversible ? ' Can be restored.' : ''}
      {closing && system.connectorId && !system.reversible ? (
        <div data-tone="amber">Can’t be given back{system.irreversible ? `: ${system.irreversible}` : ''}.</div>
      ) : null}
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
    </>
  );
}

function CantEnd({
  one,
  onRevoke,
}: {
  one: BlastRadius['cannotEnd'][number];
  onRevoke?: { name: string; ask: () => void };
}) {
  return (
    <tr>
      <td>Can’t be ended</td>
      <td data-tone="amber">
        {one.what}: {one.why}
        {one.instead && onRevoke ? (
          <div>
            <Button size="compact-xs" color="red" variant="outline" mt={4} onClick={onRevoke.ask}>
              Revoke access of {onRevoke.name}…
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
  );
}

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
  const { name, protected: isProtected, state } = radius.identity;
  const instead = onRevoke && !isProtected && state !== 'revoked' ? { name, ask: onRevoke } : undefined;
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
            <td>
              <b>{several(radius.sessionsTotal, 'live session')}</b>
            </td>
            <td>{radius.sessionsTotal ? places(radius) : 'nothing is live at the moment'}</td>
            <td>{radius.systems.length > 1 ? <Time system={slowest(radius.systems)} /> : ''}</td>
          </tr>
        )}
        {radius.systems.map((system) => (
          <tr key={system.connectorId ?? 'decision'}>
            <td>{system.name}</td>
            <td>
              <How system={system} kind={kind} />
            </td>
            <td>
              <Time system={system} />
            </td>
          </tr>
        ))}
        {radius.cannotEnd.map((one) => (
          <CantEnd key={`${one.what} ${one.why}`} one={one} {...(instead ? { onRevoke: instead } : {})} />
        ))}
        <LivesOn all={radius.livesOn ?? []} />
      </tbody>
    </table>
  );
}
