'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/overview/overview.module.css';
import { EmptyState } from '@/components/ui/empty-state';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { Need } from '@/lib/overview/model';

const PAGE: Record<Need['kind'], (need: Need) => string> = {
  finding: (need) => `/findings/${need.id}`,
  revocation: (need) => `/revocations/${need.id}`,
  source: (need) => `/connectors#${need.id}`,
};

/** Open findings, unfinished revocations and silent sources in one list, each with the button that leads to what to do. */
export function Needs({ needs, total }: { needs: Need[]; total: number }) {
  const shown = needs.reduce((sum, { others }) => sum + 1 + (others?.count ?? 0), 0);
  return (
    <Panel title="Needs you" note="sorted by what it can still reach" flush>
      {needs.length === 0 ? (
        <EmptyState title="Nothing needs you">
          No open finding, every revocation verified, every source answers.
        </EmptyState>
      ) : (
        <ul className={classes.needs}>
          {needs.map((need) => (
            <li key={`${need.kind} ${need.id}`} className={classes.need}>
              <span className={classes.needBadge}>
                <StateBadge state={need.badge} />
              </span>
              <div className={classes.needText}>
                <Link href={PAGE[need.kind](need)} className={classes.needTitle}>
                  {need.title}
                </Link>
                <div className={classes.needSub}>{need.sub}</div>
                {need.others ? (
                  <Link href={need.others.href} className={classes.needOthers}>
                    {need.others.count} more {plural(need.others.count, 'finding', 'findings')} of {need.name}
                  </Link>
                ) : null}
              </div>
              <span className={classes.needWhen}>
                <When at={need.at} />
              </span>
              <Button component={Link} href={need.href} size="xs" aria-label={`${need.action}: ${need.title}`} w={72}>
                {need.action}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {total > shown ? (
        <div className={classes.more}>
          {total - shown} more: <Link href="/findings?state=active">findings</Link> ·{' '}
          <Link href="/revocations">revocations</Link> · <Link href="/connectors">systems</Link>
        </div>
      ) : null}
    </Panel>
  );
}
