'use client';

import { Button, Group, Text } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/approvals/approvals.module.css';
import { useMay } from '@/components/shell/operator-context';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { answererText, askedText, standingOf, waitingText } from '@/lib/approvals/format';
import { REQUEST_STATES, type RequestRow, type Waiting } from '@/lib/approvals/model';
import type { Page } from '@/lib/http/model';

const COLUMNS: Column<RequestRow>[] = [
  {
    key: 'asked',
    header: 'Asked for',
    cell: (row) => (
      <>
        {askedText(row)}
        <Text component="span" size="xs" c="dimmed" display="block" lineClamp={1} maw="72ch" fw={400}>
          stopped by <span className={classes.mono}>{row.rules.map((rule) => rule.id).join(', ')}</span>
          {row.reason ? ` · “${row.reason}”` : ''}
        </Text>
      </>
    ),
  },
  {
    key: 'identity',
    header: 'By',
    width: 140,
    cell: (row) => (
      <>
        <Text component="span" ff="monospace" size="xs">
          {row.identityName}
        </Text>
        <Text component="span" size="xs" c="dimmed" display="block">
          {row.sessionLabel ?? 'no session named'}
        </Text>
      </>
    ),
  },
  { key: 'state', header: 'State', width: 100, cell: (row) => <StateBadge state={standingOf(row)} /> },
  {
    key: 'answer',
    header: 'Answer',
    width: 140,
    cell: (row) =>
      row.answered ? (
        <>
          {answererText(row.answered)}
          <Text component="span" size="xs" c="dimmed" display="block">
            <When at={row.answered.at} />
          </Text>
        </>
      ) : (
        <Text component="span" size="sm" c="dimmed">
          {row.state === 'pending' ? (
            <>
              waits, ends <When at={row.expiresAt} />
            </>
          ) : (
            'nobody'
          )}
        </Text>
      ),
  },
  {
    key: 'at',
    header: 'Asked',
    width: 100,
    align: 'right',
    narrow: 'left out',
    cell: (row) => <When at={row.createdAt} />,
  },
];

/** Each leads to the request with its dialog open: nobody answers what they have not seen. */
const ANSWERS: Column<RequestRow> = {
  key: 'answers',
  header: '',
  width: 170,
  align: 'right',
  cell: (row) =>
    row.state === 'pending' ? (
      <Group gap={6} justify="flex-end" wrap="nowrap">
        {(['deny', 'approve'] as const).map((answer) => (
          <Button
            key={answer}
            size="compact-sm"
            variant={answer === 'approve' ? 'filled' : 'default'}
            component={Link}
            href={`/approvals/${row.id}?answer=${answer}`}
            prefetch={false}
            aria-label={`${answer === 'approve' ? 'Approve' : 'Deny'} ${askedText(row)} for ${row.identityName}`}
          >
            {answer === 'approve' ? 'Approve…' : 'Deny…'}
          </Button>
        ))}
      </Group>
    ) : null,
};

/** Who asks for approval of what, and what was answered. */
export function RequestList({ initial, waiting }: { initial: Page<RequestRow> | undefined; waiting: Waiting }) {
  const [filters] = useFilters(['q', 'state', 'identityId']);
  const list = useInfiniteApi<RequestRow>('/approvals', filters, initial);
  const columns = useMay('approval.answer') ? [...COLUMNS, ANSWERS] : COLUMNS;
  const filtered = Object.values(filters).some(Boolean);
  return (
    <>
      <PageHeader
        title={waitingText(waiting)}
        sub={
          waiting.firstEndsAt ? (
            <>
              The first to end unanswered does so <When at={waiting.firstEndsAt} />. What waits is held on the
              identity’s outstanding approvals until then.
            </>
          ) : (
            'An approval lets pass exactly what was asked, so often and so long as the policy grants, on somebody else’s word.'
          )
        }
      />
      <FilterBar
        nothing={list.empty}
        search="Identity, action or resource"
        selects={[{ key: 'state', label: 'State', options: [...REQUEST_STATES] }]}
      />
      <Panel flush>
        <DataList
          caption="Requests for approval"
          list={list}
          columns={columns}
          rowKey={(row) => row.id}
          rowHref={(row) => `/approvals/${row.id}`}
          empty={
            filtered ? (
              <EmptyState title="No request matches these filters" />
            ) : (
              <EmptyState title="Nobody has asked for an approval yet">
                A rule with <code>approval:</code> says that who is stopped by it may ask. The decision point then
                offers it with the refusal, and the request comes here.
              </EmptyState>
            )
          }
        />
      </Panel>
    </>
  );
}
