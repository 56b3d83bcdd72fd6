'use client';

import { RunTable } from '@/components/runs/run-table';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { plural } from '@/lib/exposures/format';
import type { Page } from '@/lib/http/model';
import type { RunRow } from '@/lib/sessions/run-model';

/** Runs of agents and pipelines over several tools and systems, that which began last first. */
export function RunList({ initial }: { initial: Page<RunRow> | undefined }) {
  const [filters] = useFilters(['q', 'live', 'identityId']);
  const list = useInfiniteApi<RunRow>('/runs', filters, initial);
  const live = list.rows.filter((row) => row.live > 0).length;
  return (
    <>
      <PageHeader
        title={
          live > 0
            ? `${live} of the latest ${list.rows.length} ${plural(list.rows.length, 'run')} ${live === 1 ? 'goes' : 'go'} on now.`
            : 'No run goes on now.'
        }
        sub="Sessions at several tools and systems that name the same conversation, trace or pipeline run are parts of one, with or without a session in its protocol."
      />
      <FilterBar
        nothing={list.empty}
        search="Beginning of its name"
        selects={[
          {
            key: 'live',
            label: 'Live now',
            options: [
              { value: 'true', label: 'goes on' },
              { value: 'false', label: 'over' },
            ],
          },
        ]}
        also={['identityId']}
      />
      <Panel flush>
        <RunTable
          list={list}
          empty={
            Object.values(filters).some(Boolean) ? (
              <EmptyState title="No run matches these filters" />
            ) : (
              <EmptyState title="No run has been seen yet">
                A run appears here as soon as a session names its conversation, trace or pipeline run.
              </EmptyState>
            )
          }
        />
      </Panel>
    </>
  );
}
