'use client';

import { Button, Text } from '@mantine/core';
import { IconShieldUp } from '@tabler/icons-react';
import Link from 'next/link';
import { useState } from 'react';
import { AskDialog, type AskGrant } from '@/components/grants/ask-dialog';
import { useAccess } from '@/components/shell/operator-context';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { minutesText } from '@/lib/access/grants/format';
import { ENDINGS, GRANT_STATES, type GrantRow } from '@/lib/access/grants/model';
import type { Page } from '@/lib/http/model';

const Small = ({ children }: { children: React.ReactNode }) => (
  <Text component="span" size="xs" c="dimmed" display="block" lineClamp={1} maw="64ch" fw={400}>
    {children}
  </Text>
);

function Course({ row }: { row: GrantRow }) {
  if (row.state === 'waiting') return <When at={row.askedAt} />;
  if (row.state === 'live')
    return (
      <>
        ends <When at={row.until} />
        <Small>granted by {row.answeredBy}</Small>
      </>
    );
  return (
    <>
      <When at={row.endedAt ?? row.answeredAt} />
      <Small>{row.endedHow ? ENDINGS[row.endedHow] : `declined by ${row.answeredBy}`}</Small>
    </>
  );
}

const COLUMNS: Column<GrantRow>[] = [
  {
    key: 'who',
    header: 'Operator',
    width: 170,
    cell: (row) => (
      <>
        {row.operatorName}
        <Small>{row.standing} of their own</Small>
      </>
    ),
  },
  {
    key: 'role',
    header: 'Role',
    width: 120,
    cell: (row) => (
      <>
        {row.role ?? row.askedRole}
        <Small>{minutesText(row.askedMinutes)} asked</Small>
      </>
    ),
  },
  {
    key: 'why',
    header: 'For',
    cell: (row) => (
      <>
        {row.about ? row.about.name : row.reason}
        {row.about ? <Small>{row.reason}</Small> : null}
      </>
    ),
  },
  { key: 'state', header: 'State', width: 100, cell: (row) => <StateBadge state={row.state} /> },
  { key: 'course', header: 'When', width: 210, cell: (row) => <Course row={row} /> },
  {
    key: 'answer',
    header: '',
    width: 120,
    align: 'right',
    cell: (row) =>
      row.state === 'waiting' && row.notYours === null ? (
        <Button
          size="compact-sm"
          variant="filled"
          component={Link}
          href={`/settings/grants/${row.id}?answer=grant`}
          prefetch={false}
          aria-label={`Answer ${row.operatorName}, who asks to be ${row.askedRole}`}
        >
          Answer…
        </Button>
      ) : null,
  },
];

function sentence(rows: GrantRow[]): string {
  const waiting = rows.filter((row) => row.state === 'waiting').length;
  const live = rows.filter((row) => row.state === 'live').length;
  const held = live === 0 ? 'nobody holds one' : live === 1 ? 'one operator holds one' : `${live} operators hold one`;
  if (waiting === 0) return `Nobody waits for a role for a time, and ${held}.`;
  return `${waiting === 1 ? 'One operator asks' : `${waiting} operators ask`} for a role for a time, and ${held}.`;
}

/** Who asked for which role for how long, what waits for an answer first. */
export function GrantList({ initial, ask }: { initial: Page<GrantRow>; ask: AskGrant }) {
  const [filters] = useFilters(['q', 'state']);
  const [link, setLink] = useFilters(['ask', 'about', 'id']);
  const list = useInfiniteApi<GrantRow>('/grants', filters, initial);
  const { role, open } = useAccess();
  const [asking, setAsking] = useState(Boolean(link.ask));
  const mayAsk = role !== 'admin' && !open;
  const filtered = Object.values(filters).some(Boolean);
  const close = () => {
    setAsking(false);
    void setLink({ ask: null, about: null, id: null }); // asked once: renewing the page does not ask again
  };
  return (
    <>
      <PageHeader
        title={sentence(list.rows)}
        sub="A higher role, granted by another operator for hours at most, held in one sign-in. All that is done under it is listed."
        actions={
          mayAsk ? (
            <Button
              variant="filled"
              leftSection={<IconShieldUp size={15} aria-hidden />}
              onClick={() => setAsking(true)}
            >
              Ask for a role
            </Button>
          ) : null
        }
      />
      <FilterBar
        nothing={list.empty}
        search="Operator, reason, what for"
        selects={[{ key: 'state', label: 'State', options: GRANT_STATES }]}
      />
      <Panel flush>
        <DataList
          caption="Roles for a time"
          list={list}
          columns={COLUMNS}
          rowKey={(row) => row.id}
          rowHref={(row) => `/settings/grants/${row.id}`}
          empty={
            filtered ? (
              <EmptyState title="Nothing matches these filters" />
            ) : (
              <EmptyState title="Nobody has asked for a role for a time yet">
                With it nobody has to be a responder or an administrator all day: they ask when they need to act,
                another operator grants it, and it ends by itself.
              </EmptyState>
            )
          }
        />
      </Panel>
      {asking && mayAsk ? <AskDialog own={role} ask={ask} about={link} onClose={close} onAsked={list.retry} /> : null}
    </>
  );
}
