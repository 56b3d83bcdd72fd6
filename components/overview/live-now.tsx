'use client';

import Link from 'next/link';
import classes from '@/components/overview/overview.module.css';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { Sparkline } from '@/components/ui/sparkline';
import type { Overview } from '@/lib/overview/model';

/** Identities by live sessions, those above their limit first; the line is the last hour, as steps. */
export function LiveNow({ live }: { live: Overview['live'] }) {
  const beyond = live.identities - live.items.length;
  return (
    <Panel title="Live now" note="sessions / limit" flush>
      {live.items.length === 0 ? (
        <EmptyState title="No session is live">Sessions appear here as they open.</EmptyState>
      ) : (
        <ul className={classes.live}>
          {live.items.map((item) => {
            const above = item.limit !== null && item.live > item.limit;
            return (
              <li key={item.identityId}>
                <Link href={`/identities/${item.identityId}`} className={classes.liveRow}>
                  <span className={classes.liveName} title={item.name}>
                    {item.name}
                  </span>
                  <Sparkline
                    values={item.steps}
                    limit={above ? item.limit : null}
                    label={`${item.live} live, at most ${Math.max(item.live, ...item.steps)} in the last hour`}
                    colour={above ? 'var(--b-red)' : 'var(--b-blue)'}
                  />
                  <span className={classes.liveCount} data-above={above || undefined}>
                    <b>{item.live}</b> / {item.limit ?? '–'}
                  </span>
                </Link>
              </li>
            );
          })}
        </ul>
      )}
      {beyond > 0 ? (
        <div className={classes.more}>
          <Link href="/identities?live=true">{beyond} more</Link>
        </div>
      ) : null}
    </Panel>
  );
}
