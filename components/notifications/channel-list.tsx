'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ChannelCard } from '@/components/notifications/channel-card';
import { ChannelDialog } from '@/components/notifications/channel-dialog';
import classes from '@/components/notifications/notifications.module.css';
import { useMay } from '@/components/shell/operator-context';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { KINDS } from '@/lib/notifications/kinds-model';
import type { ChannelDetail, ChannelRow, NotificationActions } from '@/lib/notifications/model';

interface ChannelListProps {
  initial: { items: ChannelRow[]; nextCursor: null };
  actions: NotificationActions;
}

const several = (n: number, one: string) => `${n} ${one}${n === 1 ? '' : 's'}`;

function sentence(rows: ChannelRow[]): string {
  if (rows.length === 0) return 'Nobody is told of anything yet: there is no channel.';
  const told = rows.filter((row) => row.state === 'enabled' && row.routes.some((route) => route.state === 'enabled'));
  if (told.length === 0) return 'Nobody is told of anything: every channel or its routes are at rest.';
  const ill = rows.filter((row) => row.state === 'enabled' && row.health === 'failing');
  const waiting = rows.reduce((sum, row) => sum + row.waiting, 0);
  const names = ill.map((row) => row.name).join(', ');
  const well = ill.length > 0 ? `${names} ${ill.length === 1 ? 'does' : 'do'} not take messages` : 'none is failing';
  return `${several(told.length, 'channel')} ${told.length === 1 ? 'is' : 'are'} told, ${well}; ${waiting === 0 ? 'nothing' : several(waiting, 'message')} waiting.`;
}

/** Who is told of what: every channel with its routes, and how its receiver answers. */
export function ChannelList({ initial, actions }: ChannelListProps) {
  const may = useMay('notification.manage');
  const { data = initial } = useApi<typeof initial>('/notifications/channels', {}, { initialData: initial });
  const [opened, setOpened] = useState(false);
  const [editing, setEditing] = useState<ChannelDetail>();
  const edit = async (id: string) => {
    const answer = await actions.showChannel({ id });
    if (answer.error) return notifications.show({ message: answer.error.message, color: 'red' });
    setEditing(answer.data);
    setOpened(true);
  };
  const add = () => {
    setEditing(undefined);
    setOpened(true);
  };
  const button = may ? (
    <Button variant="filled" leftSection={<IconPlus size={15} aria-hidden />} onClick={add}>
      Add a channel…
    </Button>
  ) : null;
  return (
    <>
      <PageHeader
        title={sentence(data.items)}
        sub="A receiver that is down delays its messages and loses none of them."
        actions={button}
      />
      <div className={classes.channels}>
        {data.items.map((row) => (
          <ChannelCard key={row.id} row={row} actions={actions} may={may} onEdit={() => edit(row.id)} />
        ))}
        {data.items.length === 0 ? (
          <Panel>
            <EmptyState title="Findings wait here until somebody looks" actions={button}>
              <p>A channel brings them to people. It can be:</p>
              <ul className={classes.kinds}>
                {Object.values(KINDS).map(({ title, summary }) => (
                  <li key={title}>
                    <strong>{title}.</strong> {summary}
                  </li>
                ))}
              </ul>
            </EmptyState>
          </Panel>
        ) : null}
      </div>
      <ChannelDialog opened={opened} onClose={() => setOpened(false)} actions={actions} editing={editing} />
    </>
  );
}
