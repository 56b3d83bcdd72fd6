'use client';

import { sentenceOf, stepsWords } from '@/components/playbooks/words';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import { PLAYBOOK_STATES, type PlaybookRow } from '@/lib/playbooks/model';

/** Incidents and how far each is contained. */
export function PlaybookList({ initial }: { initial: Page<PlaybookRow> | undefined }) {
  const [filters] = useFilters(['state', 'identityId', 'findingId']);
  const list = useInfiniteApi<PlaybookRow>('/playbooks', filters, initial);
  return (
    <>
      <PageHeader
        title={sentenceOf(list.rows)}
        sub="Four steps: session termination, secret review, privilege reduction, log correlation. Contained only when each is done or waived with a reason."
      />
      <FilterBar
        selects={[{ key: 'state', label: 'State', options: [...PLAYBOOK_STATES] }]}
        also={['identityId', 'findingId']}
      />
      <Panel flush>
        <DataList
          caption="Playbooks, newest first"
          list={list}
          rowKey={(row) => row.id}
          rowHref={(row) => `/playbooks/${row.id}`}
          empty={
            <EmptyState title="No playbook was started yet">
              Start one from a finding: it says what is left until the incident is contained.
            </EmptyState>
          }
          columns={[
            { key: 'identity', header: 'Identity', cell: (row) => <span className="mono">{row.identityName}</span> },
            { key: 'finding', header: 'Because of', cell: (row) => row.findingTitle ?? 'no finding' },
            { key: 'state', header: 'State', width: 110, cell: (row) => <StateBadge state={row.state} /> },
            { key: 'steps', header: 'Steps', cell: (row) => stepsWords(row.steps) },
            {
              key: 'started',
              header: 'Started',
              width: 110,
              align: 'right',
              cell: (row) => <When at={row.startedAt} />,
            },
            { key: 'by', header: 'By', width: 160, cell: (row) => row.startedBy },
          ]}
        />
      </Panel>
    </>
  );
}
