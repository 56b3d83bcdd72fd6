import Link from 'next/link';
import { runHref } from '@/components/runs/run-words';
import classes from '@/components/sessions/sessions.module.css';
import { systemName } from '@/components/sessions/system-name';
import { Badge } from '@/components/ui/badge';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { Relative, SessionDetail } from '@/lib/sessions/model';

const HOW = {
  refresh: 'refreshed',
  role_chain: 'assumed a role',
  delegation: 'delegated',
  tool: 'called a tool',
} as const;
const WHY = {
  refresh: 'it goes on with a token that was refreshed from the one before',
  role_chain: 'it uses a credential the one before was given',
  delegation: 'it acts on behalf of the one before',
  tool: 'the one before called it as a tool',
} as const;

function One({ relative, own, depth }: { relative: Relative; own: string; depth: number }) {
  return (
    <li style={{ paddingLeft: depth * 14 }}>
      {relative.lineage ? (
        <>
          <Badge title={WHY[relative.lineage]}>{HOW[relative.lineage]}</Badge>{' '}
        </>
      ) : null}
      <Link href={`/sessions/${relative.id}`}>{relative.label}</Link>{' '}
      <span className={classes.unknown}>
        {systemName(relative.source)}
        {relative.identityId === own ? '' : `, of ${relative.identityName}`}, <When at={relative.startedAt} />
      </span>{' '}
      <StateBadge state={relative.state} />
    </li>
  );
}

/** Whose authority it goes on under, and what goes on under its own: the earliest first. */
export function SessionLineage({ session }: { session: SessionDetail }) {
  const { ancestors, children, lineage, run } = session;
  if (ancestors.length + children.length === 0 && !run) return null;
  const up = [...ancestors].reverse();
  const live = children.filter((child) => child.state !== 'ended').length;
  return (
    <Panel title="Lineage" note={children.length > 0 ? `${live} live ${plural(live, 'session')} under it` : undefined}>
      <ul style={{ listStyle: 'none', margin: 0, padding: 0, display: 'grid', gap: 8 }}>
        {up.map((one, at) => (
          <One key={one.id} relative={one} own={session.identityId} depth={at} />
        ))}
        <li style={{ paddingLeft: up.length * 14, fontWeight: 600 }}>
          {lineage ? (
            <>
              <Badge title={WHY[lineage]}>{HOW[lineage]}</Badge>{' '}
            </>
          ) : null}
          this session
        </li>
        {children.map((one) => (
          <One key={one.id} relative={one} own={session.identityId} depth={up.length + 1} />
        ))}
      </ul>
      {run ? (
        <p className={classes.unknown} style={{ marginTop: 10, overflowWrap: 'anywhere' }}>
          Part of the run <Link href={runHref(run)}>{run}</Link>
        </p>
      ) : null}
    </Panel>
  );
}
