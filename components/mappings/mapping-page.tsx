'use client';

import { Button, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { MappingActions } from '@/components/mappings/mapping-actions';
import { MappingEditor } from '@/components/mappings/mapping-editor';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import type { Page } from '@/lib/http/model';
import type { MappingRow } from '@/lib/mappings/model';

interface MappingPageProps {
  initial: Page<MappingRow>;
  actions: MappingActions;
  /** Where the decision point is reached. */
  pdp: string;
}

/** Mappings of sources of one's own: kept, tried on a sample, in versions. */
export function MappingPage({ initial, actions, pdp }: MappingPageProps) {
  const list = useInfiniteApi<MappingRow>('/event-mappings', {}, initial);
  const [editing, setEditing] = useState<MappingRow | 'new'>();
  const [retiring, setRetiring] = useState<MappingRow>();
  const may = useMay('connector.manage');
  const n = list.rows.length;
  return (
    <>
      <PageHeader
        title={
          n === 0 ? 'No source of your own is mapped yet.' : `${n} ${plural(n, 'source')} of your own can be read.`
        }
        sub={
          <>
            A mapping says what the records of a source mean. Send them to{' '}
            <code>{pdp}/v1/events?format=generic&amp;mapping=name</code>.
          </>
        }
        actions={
          <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEditing('new')}>
            {may ? 'New mapping' : 'Try a mapping'}
          </Button>
        }
      />
      <Stack gap="md">
        {editing ? (
          <MappingEditor
            key={editing === 'new' ? 'new' : `${editing.name}@${editing.version}`}
            mapping={editing === 'new' ? null : editing}
            may={may}
            actions={actions}
            onClose={() => setEditing(undefined)}
            onSaved={(row) => {
              notifications.show({ message: `${row.name} is kept as version ${row.version}.` });
              setEditing(undefined);
              list.retry();
            }}
          />
        ) : null}
        <Panel flush>
          <DataList
            caption="Mappings, by name"
            list={list}
            rowKey={(row) => row.name}
            onRow={setEditing}
            empty={
              <EmptyState title="No mapping yet">
                With one, Braid reads any JSON log: where its time stands, who acts, in which session, and what was
                done.
              </EmptyState>
            }
            columns={[
              {
                key: 'name',
                header: 'Name',
                cell: (row) => (
                  <Button size="compact-sm" variant="transparent" px={0} onClick={() => setEditing(row)}>
                    {row.name}
                  </Button>
                ),
              },
              { key: 'title', header: 'Source', cell: (row) => row.title },
              { key: 'version', header: 'Version', align: 'right', cell: (row) => row.version, width: 90 },
              { key: 'by', header: 'Kept by', cell: (row) => row.createdBy, width: 170 },
              { key: 'at', header: 'Kept', cell: (row) => <When at={row.createdAt} />, width: 120 },
              { key: 'use', header: 'Batches, 7 days', align: 'right', cell: (row) => row.batches, width: 130 },
              { key: 'last', header: 'Last', cell: (row) => <When at={row.lastBatchAt} never="none" />, width: 120 },
              {
                key: 'actions',
                header: '',
                align: 'right',
                width: 100,
                cell: (row) =>
                  may ? (
                    <Button size="compact-sm" onClick={() => setRetiring(row)}>
                      Retire…
                    </Button>
                  ) : null,
              },
            ]}
          />
        </Panel>
      </Stack>
      <ConfirmDialog
        opened={retiring !== undefined}
        onClose={() => setRetiring(undefined)}
        title={`Retire ${retiring?.name ?? ''}`}
        confirm="Retire this mapping"
        reasons={{
          no_longer_sent: 'The source is no longer sent',
          replaced: 'Replaced by another',
          mistake: 'Made by mistake',
        }}
        onConfirm={async ({ reasonCode, reason }) => {
          const words = [reasonCode, reason].filter(Boolean).join(': ');
          const result = await actions.retire({ name: retiring?.name ?? '', reason: words.slice(0, 500) });
          if (!result.error) list.retry();
          return result;
        }}
      >
        Nothing more is taken under <strong>{retiring?.name}</strong>: callers are told so. What waits is still read,
        what came in stays, and keeping the mapping again brings it back.
      </ConfirmDialog>
    </>
  );
}
