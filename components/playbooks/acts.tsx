'use client';

import Link from 'next/link';
import classes from '@/components/playbooks/playbooks.module.css';
import { actsSentence } from '@/components/playbooks/words';
import { systemName } from '@/components/sessions/system-name';
import { DataList } from '@/components/ui/data-list';
import { shortened } from '@/components/ui/identifier';
import { StateBadge } from '@/components/ui/state-badge';
import { useApi } from '@/components/ui/use-api';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { When } from '@/components/ui/when';
import { VERDICTS, type Verdict } from '@/lib/decisions/model';
import type { Act, ActsPage } from '@/lib/playbooks/acts-model';

const verdict = (outcome: string): Verdict | undefined => VERDICTS.find((one) => one === outcome);

/** The decision itself, or the session in which its log tells it. */
const hrefOf = (act: Act): string =>
  act.from === 'pdp'
    ? `/decisions/${act.latestId}`
    : act.sessionId
      ? `/sessions/${act.sessionId}?tab=events`
      : `/identities/${act.identityId}`;

/** Tool calls and other acts since the incident began, over its sessions and all that act under their authority. */
export function Acts({ playbookId }: { playbookId: string }) {
  const path = `/playbooks/${playbookId}/acts`;
  const list = useInfiniteApi<Act>(path, { limit: 20 });
  const { data } = useApi<ActsPage>(path, { limit: 1 });
  return (
    <section style={{ marginTop: 12 }}>
      {data ? <p className={classes.note}>{actsSentence(data.totals)}</p> : null}
      <DataList
        caption="What was done since then, with which tool, on what, in which session"
        list={list}
        rowKey={(row) => row.latestId}
        rowHref={hrefOf}
        maxHeight={420}
        empty={<p className={classes.note}>Nothing it did since then is known, and nothing under its authority.</p>}
        columns={[
          {
            key: 'action',
            header: 'Action or tool',
            cell: (row) => <span className="mono">{row.tool ? `${row.action} ${row.tool}` : row.action}</span>,
          },
          { key: 'resource', header: 'On', cell: (row) => <span className="mono">{row.resource ?? 'not told'}</span> },
          {
            key: 'session',
            header: 'Session',
            cell: (row) => (
              <>
                {row.sessionId ? (
                  <Link href={`/sessions/${row.sessionId}`}>{shortened(row.sessionLabel ?? 'a session', 28)}</Link>
                ) : (
                  'none'
                )}{' '}
                of {row.identityName}
                {row.heir ? `, ${row.heir.replace('_', ' ')}` : ''}
              </>
            ),
          },
          {
            key: 'outcome',
            header: 'Outcome',
            width: 100,
            cell: (row) => {
              const decided = verdict(row.outcome);
              return decided ? <VerdictBadge verdict={decided} /> : <StateBadge state={row.outcome} />;
            },
          },
          {
            key: 'from',
            header: 'Told by',
            width: 120,
            narrow: 'left out',
            cell: (row) => (row.from === 'pdp' ? 'decision point' : systemName(row.from)),
          },
          { key: 'count', header: 'Times', align: 'right', width: 70, cell: (row) => row.count },
          { key: 'last', header: 'Last', align: 'right', width: 100, cell: (row) => <When at={row.lastAt} /> },
        ]}
      />
    </section>
  );
}
