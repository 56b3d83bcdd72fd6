'use client';

import { Alert } from '@mantine/core';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { ActList } from '@/components/grants/act-list';
import { type GrantActions, GrantButtons } from '@/components/grants/grant-buttons';
import classes from '@/components/grants/grants.module.css';
import { Crumb } from '@/components/shell/crumbs';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { Until, When } from '@/components/ui/when';
import { grantText, minutesText } from '@/lib/access/grants/format';
import { ENDINGS, type GrantRow } from '@/lib/access/grants/model';
import type { AuditRow } from '@/lib/audit/model';
import type { Page } from '@/lib/http/model';

const Fact = ({ label, children }: { label: string; children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);

function About({ about }: { about: NonNullable<GrantRow['about']> }) {
  const where = about.type === 'identity' ? `/identities/${about.id}` : `/findings/${about.id}`;
  return <Link href={where}>{about.name}</Link>;
}

function Facts({ row }: { row: GrantRow }) {
  return (
    <dl className={classes.facts}>
      <Fact label="Asked">
        {row.askedRole} for {minutesText(row.askedMinutes)}, <When at={row.askedAt} show="absolute" />
      </Fact>
      <Fact label="By">
        {row.operatorName}, {row.standing} of their own
      </Fact>
      <Fact label="Why">{row.reason}</Fact>
      {row.about ? (
        <Fact label="For">
          <About about={row.about} />
        </Fact>
      ) : null}
      {row.answeredBy ? (
        <Fact label={row.role ? 'Granted' : 'Declined'}>
          by {row.answeredBy}, <When at={row.answeredAt} show="absolute" />
          <div className={classes.dim}>{row.answer}</div>
        </Fact>
      ) : null}
      {row.role && row.until ? (
        <Fact label="Held">
          {row.role}, at most until <When at={row.until} show="absolute" />
        </Fact>
      ) : null}
      {row.endedHow ? (
        <Fact label="Ended">
          <When at={row.endedAt} show="absolute" />: {ENDINGS[row.endedHow]}
          {row.endedBy ? `, by ${row.endedBy}` : ''}
          {row.endReason ? <div className={classes.dim}>{row.endReason}</div> : null}
        </Fact>
      ) : null}
    </dl>
  );
}

/** One role for a time: how it came about, how it ended, and every act under it. */
export function GrantPage({ initial, acts, ...actions }: GrantActions & { initial: GrantRow; acts: Page<AuditRow> }) {
  const { data: row = initial } = useApi<GrantRow>(`/grants/${initial.id}`, {}, { initialData: initial });
  return (
    <>
      <Crumb
        parts={[
          { label: 'Roles for a time', href: '/settings/grants' },
          { label: `${row.operatorName} as ${row.role ?? row.askedRole}` },
        ]}
      />
      <PageHeader
        title={grantText(row)}
        sub={
          <>
            <StateBadge state={row.state} />{' '}
            {row.state === 'live' && row.until ? (
              <>
                ends by itself <Until at={row.until} />
              </>
            ) : row.state === 'waiting' ? (
              <>
                waits, at the latest until the sign-in it was asked in is over, <Until at={row.lapsesAt} />
              </>
            ) : null}
          </>
        }
        actions={<GrantButtons row={row} {...actions} />}
      />
      <div className={classes.columns}>
        <div className={classes.stack}>
          {row.state === 'waiting' && row.notYours ? (
            <Alert color="yellow" variant="outline" title="Somebody else has to answer this">
              {row.notYours}
            </Alert>
          ) : null}
          <ActList grant={row} initial={acts} />
        </div>
        <Panel title="How it came about">
          <Facts row={row} />
        </Panel>
      </div>
    </>
  );
}
