'use client';

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useMay } from '@/components/shell/operator-context';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { WorkflowActions } from '@/components/workflows/actions-model';
import { listSentence } from '@/components/workflows/words';
import { WorkflowDialog } from '@/components/workflows/workflow-dialog';
import type { Page } from '@/lib/http/model';
import type { WorkflowRow } from '@/lib/workflows/model';

/** Sets of identities that act for one purpose. */
export function WorkflowList({
  initial,
  actions,
}: {
  initial: Page<WorkflowRow> | undefined;
  actions: WorkflowActions;
}) {
  const [filters] = useFilters(['q']);
  const list = useInfiniteApi<WorkflowRow>('/workflows', filters, initial);
  const [making, setMaking] = useState(false);
  const router = useRouter();
  const may = useMay('identity.annotate');
  const make = async ({ name, identityIds }: { name: string; identityIds: string[] }) => {
    const result = await actions.create({ name, ...(identityIds.length > 0 ? { identityIds } : {}) });
    if (result.data) router.push(`/workflows/${result.data.id}`);
    return result;
  };
  return (
    <>
      <PageHeader
        title={filters.q ? `Workflows named like “${filters.q}”` : listSentence(list.rows)}
        sub="Several identities often act for one purpose: what each may do alone, together they may not. A policy that counts per workflow counts over all of them."
        actions={
          may ? (
            <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setMaking(true)}>
              New workflow
            </Button>
          ) : null
        }
      />
      <FilterBar nothing={list.empty} search="Name" />
      <Panel flush>
        <DataList
          caption="Workflows, by name"
          list={list}
          rowKey={(row) => row.id}
          rowHref={(row) => `/workflows/${row.id}`}
          empty={
            filters.q ? (
              <EmptyState title="No workflow of that name" />
            ) : (
              <EmptyState title="No workflow yet">
                Say which identities act for one purpose: a limit can then span all of them.
              </EmptyState>
            )
          }
          columns={[
            { key: 'name', header: 'Workflow', cell: (row) => row.name },
            { key: 'identities', header: 'Identities', align: 'right', width: 110, cell: (row) => row.identities },
            { key: 'live', header: 'Live sessions', align: 'right', width: 120, cell: (row) => row.liveSessions },
            { key: 'made', header: 'Made', align: 'right', width: 120, cell: (row) => <When at={row.createdAt} /> },
          ]}
        />
      </Panel>
      {making ? (
        <WorkflowDialog
          title="New workflow"
          confirm="Make it"
          name=""
          members={[]}
          onClose={() => setMaking(false)}
          onSave={make}
        />
      ) : null}
    </>
  );
}
