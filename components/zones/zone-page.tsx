'use client';

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '@/components/shell/operator-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import ui from '@/components/ui/ui.module.css';
import { useApi } from '@/components/ui/use-api';
import { When } from '@/components/ui/when';
import { type ZoneActions, ZoneDialog } from '@/components/zones/zone-dialog';
import { plural } from '@/lib/exposures/format';
import type { ZoneList, ZoneRow } from '@/lib/zones/model';

const SHOWN = 6;

function sentence({ items, outside }: ZoneList): string {
  if (items.length === 0) return 'No place is trusted more than any other.';
  const zones = `${items.length} trusted ${plural(items.length, 'zone')}`;
  return `${zones}; ${outside} live ${plural(outside, 'session comes', 'sessions come')} from outside.`;
}

const holds = ({ networks, regions }: ZoneRow): string => {
  const all = [...networks, ...regions];
  return all.length > SHOWN ? `${all.slice(0, SHOWN).join(', ')} and ${all.length - SHOWN} more` : all.join(', ');
};

/** Networks and regions that are trusted, under names: what comes from outside all of them is judged so. */
export function ZonePage({ initial, actions }: { initial: ZoneList; actions: ZoneActions }) {
  const { data = initial } = useApi<ZoneList>('/zones', {}, { initialData: initial });
  const [editing, setEditing] = useState<ZoneRow | 'new'>();
  const [removing, setRemoving] = useState<ZoneRow>();
  const may = useMay('policy.manage');
  const client = useQueryClient();
  const renew = () => void client.invalidateQueries({ queryKey: ['api', '/zones'] });
  const add = (
    <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setEditing('new')}>
      New zone
    </Button>
  );
  return (
    <>
      <PageHeader
        title={sentence(data)}
        sub="A session held inside a zone and presented from outside of all is a theft of it; movement within one zone is none. An app’s own server is believed only from inside a zone."
        actions={may ? add : null}
      />
      <Panel flush>
        <DataList
          caption="Trusted zones, by name"
          rows={data.items}
          rowKey={(row) => row.id}
          empty={
            <EmptyState title="No zone yet">
              Name the networks your services run in, and the countries you work from: findings then say what came from
              elsewhere.
            </EmptyState>
          }
          columns={[
            { key: 'name', header: 'Zone', cell: (row) => row.name },
            { key: 'holds', header: 'Holds', cell: (row) => <span className={ui.mono}>{holds(row)}</span> },
            { key: 'purpose', header: 'For', cell: (row) => row.purpose ?? '–' },
            { key: 'live', header: 'Live sessions', align: 'right', cell: (row) => row.liveSessions, width: 120 },
            { key: 'by', header: 'Changed by', cell: (row) => row.updatedBy, width: 160 },
            { key: 'at', header: 'Changed', cell: (row) => <When at={row.updatedAt} />, width: 120 },
            {
              key: 'actions',
              header: '',
              align: 'right',
              width: 170,
              cell: (row) =>
                may ? (
                  <Button.Group style={{ justifyContent: 'flex-end' }}>
                    <Button size="compact-sm" onClick={() => setEditing(row)} aria-label={`Change ${row.name}`}>
                      Change
                    </Button>
                    <Button size="compact-sm" onClick={() => setRemoving(row)} aria-label={`Remove ${row.name}`}>
                      Remove…
                    </Button>
                  </Button.Group>
                ) : null,
            },
          ]}
        />
      </Panel>
      {editing ? (
        <ZoneDialog
          zone={editing === 'new' ? null : editing}
          actions={actions}
          onClose={() => setEditing(undefined)}
          onSaved={() => {
            setEditing(undefined);
            renew();
          }}
        />
      ) : null}
      <ConfirmDialog
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={`Remove ${removing?.name ?? ''}`}
        confirm="Remove this zone"
        reasons={{ moved: 'The network has moved', merged: 'Part of another zone', mistake: 'Made by mistake' }}
        onConfirm={async ({ reasonCode, reason }) => {
          const words = [reasonCode, reason].filter(Boolean).join(': ').slice(0, 500);
          const result = await actions.remove({ id: removing?.id ?? '', reason: words });
          if (!result.error) renew();
          return result;
        }}
      >
        What <strong>{removing?.name}</strong> holds is trusted no more than any other place from the next event on.
      </ConfirmDialog>
    </>
  );
}
