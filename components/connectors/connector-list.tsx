'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ConnectDialog } from '@/components/connectors/connect-dialog';
import { Able, ConnectorCard } from '@/components/connectors/connector-card';
import classes from '@/components/connectors/connectors.module.css';
import { useMay } from '@/components/shell/operator-context';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import type { ConnectorActions, ConnectorDetail, ConnectorRow, VendorCard } from '@/lib/connectors/model';

interface ConnectorListProps {
  initial: { items: ConnectorRow[]; nextCursor: null };
  vendors: VendorCard[];
  actions: ConnectorActions;
  /** Anything: the connect dialog is open when the page is. */
  connect: string | null;
}

const several = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;

function title(rows: ConnectorRow[]): string {
  if (!rows.length) return 'No system is connected yet.';
  const live = rows.reduce((sum, row) => sum + row.liveSessions, 0);
  const ill = rows.filter((row) => row.state === 'enabled' && row.health !== 'ok' && row.health !== 'unknown');
  const well = ill.length
    ? `${ill.map((row) => row.name).join(', ')} ${ill.length === 1 ? 'needs' : 'need'} attention`
    : rows.length === 1
      ? 'and it is well'
      : 'all of them well';
  return `${several(rows.length, 'system')} connected${rows.length === 1 && !ill.length ? ' ' : ', '}${well}; ${several(live, 'session')} live.`;
}

/** Every connected system and what can be connected. */
export function ConnectorList({ initial, vendors, actions, connect }: ConnectorListProps) {
  const may = useMay('connector.manage');
  const { data = initial } = useApi<typeof initial>('/connectors', {}, { initialData: initial });
  const [opened, setOpened] = useState(connect !== null && may);
  const [editing, setEditing] = useState<ConnectorDetail>();
  const edit = async (id: string) => {
    const answer = await actions.show({ id });
    if (answer.error) return notifications.show({ message: answer.error.message, color: 'red' });
    setEditing(answer.data);
    setOpened(true);
  };
  const add = () => {
    setEditing(undefined);
    setOpened(true);
  };
  const button = may ? (
    <Button variant="filled" onClick={add}>
      Connect a system…
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title={title(data.items)}
        sub="What Braid sees by itself, and where it can end access and prove it."
        actions={button}
      />
      <div className={classes.cards}>
        {data.items.map((row) => (
          <ConnectorCard
            key={row.id}
            row={row}
            capabilities={vendors.find((one) => one.vendor === row.vendor)?.capabilities}
            actions={actions}
            may={may}
            onEdit={() => edit(row.id)}
          />
        ))}
        {data.items.length ? null : (
          <Panel>
            <EmptyState title="Connect PostgreSQL and its sessions appear here within two seconds" actions={button}>
              Login roles become identities, connections become sessions. Any PostgreSQL that can be reached will do;
              the test says which rights are missing, with the SQL that grants them.
            </EmptyState>
          </Panel>
        )}
        {data.items.length
          ? null
          : vendors.map((vendor) => (
              <Panel key={vendor.vendor} title={vendor.title} note={vendor.summary}>
                <Able capabilities={vendor.capabilities} />
              </Panel>
            ))}
      </div>
      <ConnectDialog
        opened={opened}
        onClose={() => setOpened(false)}
        vendors={vendors}
        actions={actions}
        editing={editing}
      />
    </>
  );
}
