'use client';

import { Button, Modal, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import Link from 'next/link';
import { useState } from 'react';
import classes from '@/components/notifications/notifications.module.css';
import { useMay } from '@/components/shell/operator-context';
import { Badge, type Tone } from '@/components/ui/badge';
import { DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { Panel } from '@/components/ui/panel';
import { SystemSaid } from '@/components/ui/system-card';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import type { Page } from '@/lib/http/model';
import {
  type ChannelRow,
  DELIVERY_STATES,
  type DeliveryRow,
  EVENTS,
  type NotificationActions,
} from '@/lib/notifications/model';

interface DeliveryListProps {
  initial: Page<DeliveryRow>;
  channels: ChannelRow[];
  sendAgain: NotificationActions['sendAgain'];
}

const WORDS: Record<DeliveryRow['state'], [string, Tone]> = {
  collecting: ['collecting', 'blue'],
  waiting: ['waiting', 'amber'],
  delivered: ['delivered', 'green'],
  dead: ['given up', 'red'],
};

const State = ({ row }: { row: DeliveryRow }) => {
  const [words, tone] = WORDS[row.state];
  return <Badge tone={tone}>{row.kind === 'test' && row.state === 'dead' ? 'not taken' : words}</Badge>;
};

const Tries = ({ row }: { row: DeliveryRow }) => (
  <>
    {row.attempts}
    {row.nextTryAt ? (
      <div className={classes.next}>
        {row.state === 'collecting' ? 'sent ' : 'next '}
        <When at={row.nextTryAt} />
      </div>
    ) : null}
  </>
);

function Opened({ row, onClose, again }: { row: DeliveryRow; onClose: () => void; again?: () => void }) {
  return (
    <Modal opened onClose={onClose} size={640} title={row.title}>
      <Stack gap="sm">
        <div>
          {row.channelName}
          {row.recipient ? ` to ${row.recipient}` : ''}, <State row={row} /> after {row.attempts}{' '}
          {row.attempts === 1 ? 'try' : 'tries'}; made <When at={row.createdAt} show="absolute" />
          {row.deliveredAt ? (
            <>
              , taken <When at={row.deliveredAt} show="absolute" />
            </>
          ) : null}
          .
        </div>
        {row.lastAnswer ? (
          <SystemSaid tone={row.state === 'delivered' ? 'green' : 'red'}>
            The receiver last said: {row.lastAnswer}
          </SystemSaid>
        ) : null}
        <ol className={classes.told} aria-label="What it tells of">
          {row.notices.map((notice) => (
            <li key={`${notice.at} ${notice.event} ${notice.path}`}>
              {EVENTS[notice.event]}: <Link href={notice.path}>{notice.title}</Link>
            </li>
          ))}
        </ol>
        {row.noticeCount > row.notices.length ? <div>and {row.noticeCount - row.notices.length} more</div> : null}
        <div className={classes.answer}>Id for its receiver: {row.id}</div>
        {again ? (
          <Button onClick={again} style={{ alignSelf: 'flex-end' }}>
            Send again
          </Button>
        ) : null}
      </Stack>
    </Modal>
  );
}

/** Every message, with its tries and what its receiver last said. */
export function DeliveryList({ initial, channels, sendAgain }: DeliveryListProps) {
  const may = useMay('notification.manage');
  const [filters] = useFilters(['q', 'state', 'channelId']);
  const list = useInfiniteApi<DeliveryRow>('/notifications/deliveries', filters, initial);
  const [opened, setOpened] = useState<DeliveryRow>();
  const again = async (row: DeliveryRow) => {
    const { error } = await sendAgain({ id: row.id });
    notifications.show(
      error ? { message: error.message, color: 'red' } : { message: 'It is being sent again, under the same id.' },
    );
    setOpened(undefined);
    list.retry();
  };
  const able = (row: DeliveryRow) => may && row.kind !== 'test' && row.state !== 'collecting';
  return (
    <Panel title="Messages" note="Kept for 90 days" flush>
      <div style={{ padding: '0 16px' }}>
        <FilterBar
          search="Search messages"
          selects={[
            {
              key: 'state',
              label: 'State',
              options: [
                { value: 'unfinished', label: 'not arrived' },
                ...DELIVERY_STATES.map((state) => ({ value: state, label: WORDS[state][0] })),
              ],
            },
            {
              key: 'channelId',
              label: 'Channel',
              options: channels.map(({ id, name }) => ({ value: id, label: name })),
            },
          ]}
        />
      </div>
      <DataList
        caption="Messages"
        list={list}
        rowKey={(row) => row.id}
        onRow={setOpened}
        empty={
          <EmptyState title={filters.q || filters.state || filters.channelId ? 'No such message' : 'No message yet'}>
            What is sent, and what waits for its receiver, stands here with every try.
          </EmptyState>
        }
        columns={[
          {
            key: 'title',
            header: 'Message',
            cell: (row) => (
              <button type="button" className={classes.open} onClick={() => setOpened(row)}>
                {row.title}
              </button>
            ),
          },
          { key: 'channel', header: 'Channel', cell: (row) => row.channelName },
          { key: 'state', header: 'State', cell: (row) => <State row={row} /> },
          { key: 'tries', header: 'Tries', align: 'right', cell: (row) => <Tries row={row} /> },
          {
            key: 'answer',
            header: 'The receiver said',
            narrow: 'left out',
            cell: (row) => <span className={classes.answer}>{row.lastAnswer ?? '–'}</span>,
          },
          { key: 'made', header: 'Made', cell: (row) => <When at={row.createdAt} /> },
          {
            key: 'actions',
            header: '',
            align: 'right',
            cell: (row) =>
              able(row) ? (
                <Button size="compact-sm" onClick={() => again(row)} aria-label={`Send again: ${row.title}`}>
                  Send again
                </Button>
              ) : null,
          },
        ]}
      />
      {opened ? (
        <Opened
          row={opened}
          onClose={() => setOpened(undefined)}
          again={able(opened) ? () => void again(opened) : undefined}
        />
      ) : null}
    </Panel>
  );
}
