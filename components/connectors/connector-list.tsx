'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ConnectDialog } from '@/components/connectors/connect-dialog';
import { ConnectorCard } from '@/components/connectors/connector-card';
import classes from '@/components/connectors/connectors.module.css';
import { useMay } from '@/components/shell/operator-context';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { connectedSentence, VISIBILITY, type Visibility, visibilityOf } from '@/lib/connectors/format';
import type { ConnectorActions, ConnectorDetail, ConnectorRow, VendorCard } from '@/lib/connectors/model';
import type { DrillActions, ScheduleRow } from '@/lib/drills/model';
import type { Times } from '@/lib/revocations/times/model';

interface ConnectorListProps {
  initial: { items: ConnectorRow[]; nextCursor: null };
  vendors: VendorCard[];
  actions: ConnectorActions;
  /** Anything: the connect dialog is open when the page is. */
  connect: string | null;
  drills: DrillActions;
  times: Times;
}

const several = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;

/** How many systems are seen into how far. */
function seen(rows: ConnectorRow[]): string {
  const levels = rows.filter((row) => row.state === 'enabled').map((row) => visibilityOf(row.capabilities));
  const said = (Object.keys(VISIBILITY) as Visibility[]).flatMap((level) => {
    const count = levels.filter((one) => one === level).length;
    return count ? [`${several(count, 'system')} ${count === 1 ? 'shows' : 'show'} ${VISIBILITY[level]}`] : [];
  });
  return said.length ? `${said.join('; ')}.` : '';
}

/** Every connected system and what can be connected. */
export function ConnectorList({ initial, vendors, actions, connect, drills, times }: ConnectorListProps) {
  const { data: measured = times } = useApi<Times>('/revocations/times', {}, { initialData: times });
  const { data: planned } = useApi<{ items: ScheduleRow[] }>('/drills/schedules');
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
  const drilled = measured.systems.map(({ connectorId, drilled: last }) => ({
    connectorId,
    lastState: last?.lastState ?? null,
  }));
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
        title={connectedSentence(data.items, drilled)}
        sub={seen(data.items) || 'What Braid sees by itself, and where it can end access and prove it.'}
        actions={button}
      />
      <div className={classes.cards}>
        {data.items.map((row) => (
          <ConnectorCard
            key={row.id}
            row={row}
            actions={actions}
            may={may}
            onEdit={() => edit(row.id)}
            times={measured.systems.find((one) => one.connectorId === row.id)}
            schedule={planned?.items.find((one) => one.connectorId === row.id)}
            drills={drills}
            open={data.items.length === 1}
          />
        ))}
        {data.items.length ? null : (
          <Panel>
            <EmptyState title="Connect a system and its sessions appear here within seconds" actions={button}>
              Its accounts become identities, what they have open becomes sessions. The test says which rights are
              missing, with the statement that grants them.
            </EmptyState>
          </Panel>
        )}
      </div>
      <ConnectDialog
        opened={opened}
        onClose={() => setOpened(false)}
        vendors={vendors}
        actions={actions}
        editing={editing}
        first={vendors.some((one) => one.vendor === connect) ? connect : null}
      />
    </>
  );
}
