import Link from 'next/link';
import { chainOf } from '@/components/runs/run-words';
import { Lifetime } from '@/components/sessions/session-times';
import classes from '@/components/sessions/sessions.module.css';
import { systemName } from '@/components/sessions/system-name';
import { shortened } from '@/components/ui/identifier';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import type { Run } from '@/lib/sessions/run-model';

/** Its sessions, each under the one it stems from: the chain of delegation. */
export function RunParts({ run }: { run: Run }) {
  const beyond = run.partsTotal - run.parts.length;
  return (
    <Panel title="Its parts" note={beyond > 0 ? `the first ${run.parts.length} of ${run.partsTotal}` : undefined}>
      <ul className={classes.plain}>
        {chainOf(run.parts).map(({ part, depth }) => (
          <li key={part.id} style={{ paddingLeft: Math.min(depth, 12) * 16 }}>
            {depth > 0 ? '↳ ' : ''}
            <Link href={`/sessions/${part.id}`} prefetch={false}>
              {shortened(part.label, 48)}
            </Link>{' '}
            <StateBadge state={part.state} />
            <span className={classes.sub}>
              {systemName(part.source)} · {shortened(part.identityName, 30)}
              {part.task ? ` · task ${shortened(part.task, 30)}` : ''} · <When at={part.startedAt} /> ·{' '}
              <Lifetime session={part} /> · {part.eventCount} events
              {part.scope ? ` · ${shortened(part.scope, 40)}` : ''}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
