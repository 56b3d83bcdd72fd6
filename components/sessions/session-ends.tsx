'use client';

import Link from 'next/link';
import { ENDED_WORDS } from '@/components/sessions/session-words';
import classes from '@/components/sessions/sessions.module.css';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import { KIND_WORDS } from '@/lib/revocations/format';
import { REASON_CODES, type RevocationRow } from '@/lib/revocations/model';
import type { SessionDetail } from '@/lib/sessions/model';

const reasonOf = (row: RevocationRow): string =>
  row.reason || (REASON_CODES[row.reasonCode as keyof typeof REASON_CODES] ?? row.reasonCode);

/** The security event that another system sent, as it was received. */
const SignalLink = ({ row }: { row: RevocationRow }) => (
  <Link href={`/settings/signals?id=${row.signalId}#received`}>
    {row.actorName.replace(/^signals\//, 'signal of ')}
  </Link>
);

/** Who ended it, why and when, and how far the proof has come. Draws nothing while nobody has. */
export function SessionEnds({ session }: { session: SessionDetail }) {
  const { data } = useApi<Page<RevocationRow>>('/revocations', { sessionId: session.id });
  const rows = data?.items ?? [];
  if (rows.length === 0 && !session.endedBy) return null;
  return (
    <Panel title="How it ended">
      {session.endedBy ? (
        <p className={classes.why}>
          It {ENDED_WORDS[session.endedBy].replace(/^silent/, 'was silent')}
          {session.endReason ? `: ${session.endReason}` : ''}.
        </p>
      ) : null}
      <ul className={classes.ends}>
        {rows.map((row) => (
          <li key={row.id}>
            <Link href={`/revocations/${row.id}`}>{KIND_WORDS[row.kind]}</Link> <StateBadge state={row.state} />
            <span className={classes.sub}>
              {row.signalId ? <SignalLink row={row} /> : row.actorName}, <When at={row.requestedAt} />: {reasonOf(row)}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
