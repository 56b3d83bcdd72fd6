'use client';

import { Button, Text } from '@mantine/core';
import Link from 'next/link';
import { NewFinding, type NewFindingAction } from '@/components/findings/new-finding';
import { type Column, DataList } from '@/components/ui/data-list';
import { duration } from '@/components/ui/dates';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { StateBadge } from '@/components/ui/state-badge';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import { When } from '@/components/ui/when';
import { plural } from '@/lib/exposures/format';
import { DETECTED_DAYS, type TimeToDetect } from '@/lib/findings/detected/model';
import { IMPACTS } from '@/lib/findings/impacts-model';
import {
  DETECTORS,
  type Detector,
  DISPOSITIONS,
  FINDING_STATES,
  type FindingRow,
  SEVERITIES,
} from '@/lib/findings/model';
import type { Page } from '@/lib/http/model';

interface FindingListProps {
  initial: Page<FindingRow> | undefined;
  counts: { open: number; urgent: number; acknowledged: number; suppressed: number };
  /** null: nothing was found on live evidence yet. */
  detected: TimeToDetect['all'];
  create: NewFindingAction;
}

const COLUMNS: Column<FindingRow>[] = [
  {
    key: 'title',
    header: 'Finding',
    cell: (row) => (
      <>
        {row.title}
        <Text component="span" size="xs" c="dimmed" display="block" lineClamp={2} maw="72ch" fw={400}>
          {row.summary}
        </Text>
      </>
    ),
  },
  { key: 'severity', header: 'Severity', width: 90, cell: (row) => <StateBadge state={row.severity} /> },
  {
    key: 'impact',
    header: 'Impact',
    width: 110,
    narrow: 'left out',
    cell: (row) => (row.impact.length > 0 ? row.impact.join(', ') : '–'),
  },
  {
    key: 'identity',
    header: 'Identity',
    width: 170,
    narrow: 'left out',
    cell: (row) => (
      <Text component="span" ff="monospace" size="xs">
        {row.identityName}
      </Text>
    ),
  },
  { key: 'times', header: 'Times', width: 70, align: 'right', narrow: 'left out', cell: (row) => row.occurrences },
  { key: 'last', header: 'Last seen', width: 110, align: 'right', cell: (row) => <When at={row.lastSeenAt} /> },
  {
    key: 'state',
    header: 'State',
    width: 120,
    cell: (row) => (
      <>
        <StateBadge state={row.state} title={row.stateReason ?? undefined} />
        {row.disposition ? (
          <Text component="span" size="xs" c="dimmed" display="block">
            {row.disposition.replaceAll('_', ' ')}
          </Text>
        ) : null}
      </>
    ),
  },
];

const sentence = ({ open, urgent }: FindingListProps['counts']): string => {
  if (open === 0) return 'No finding waits for you.';
  const most =
    urgent === 0 ? 'none of high severity' : urgent === open ? 'of high severity' : `${urgent} of high severity`;
  return `${open} ${plural(open, 'finding is', 'findings are')} open, ${most}.`;
};

/** Each number leads to its rows. */
const Rest = ({ acknowledged, suppressed }: FindingListProps['counts']) => (
  <>
    <Link href="/findings?state=acknowledged">{acknowledged} acknowledged</Link>,{' '}
    <Link href="/findings?state=suppressed">{suppressed} suppressed for a time</Link>. One finding stands for one
    identity and cause; more evidence adds to it.
  </>
);

const tookWords = (detected: TimeToDetect['all']): string =>
  detected
    ? ` Time to detect: p50 ${duration(detected.p50Ms)}, p95 ${duration(detected.p95Ms)} (${detected.count} in ${DETECTED_DAYS} days).`
    : '';

export function FindingList({ initial, counts, detected, create }: FindingListProps) {
  const [{ order, ...filters }] = useFilters([
    'q',
    'state',
    'severity',
    'detector',
    'impact',
    'disposition',
    'lane',
    'identityId',
    'order',
    'from',
    'to',
  ]);
  const list = useInfiniteApi<FindingRow>('/findings', { ...filters, order: order ?? 'urgency' }, initial);
  const filtered = Object.values(filters).some(Boolean);
  return (
    <>
      <PageHeader
        title={sentence(counts)}
        sub={
          <>
            <Rest {...counts} />
            {tookWords(detected)}
          </>
        }
        actions={
          <>
            <Button component={Link} href="/definitions" variant="subtle">
              Definitions
            </Button>
            <Button component={Link} href="/findings/hunts">
              Hunt
            </Button>
            <NewFinding create={create} />
          </>
        }
      />
      <FilterBar
        search="Title, words or identity"
        selects={[
          {
            key: 'state',
            label: 'State',
            options: [{ value: 'active', label: 'open or acknowledged' }, ...FINDING_STATES],
          },
          { key: 'severity', label: 'Severity', options: [...SEVERITIES] },
          {
            key: 'detector',
            label: 'Detector',
            options: (Object.keys(DETECTORS) as Detector[]).map((value) => ({ value, label: DETECTORS[value] })),
          },
          { key: 'impact', label: 'Impact', options: [...IMPACTS] },
          {
            key: 'disposition',
            label: 'Closed as',
            options: Object.keys(DISPOSITIONS).map((value) => ({ value, label: value.replaceAll('_', ' ') })),
          },
          { key: 'order', label: 'Most urgent first', options: [{ value: 'recent', label: 'Last seen first' }] },
        ]}
        also={['lane', 'identityId', 'from', 'to']}
      />
      <Panel flush>
        <DataList
          caption="Findings"
          list={list}
          columns={COLUMNS}
          rowKey={(row) => row.id}
          rowHref={(row) => `/findings/${row.id}`}
          empty={
            filtered ? (
              <EmptyState title="No finding matches these filters" />
            ) : (
              <EmptyState title="Nothing found yet">
                Detectors read decisions and sessions as they come in. A finding says which sessions together did what
                none of them did alone.
              </EmptyState>
            )
          }
        />
      </Panel>
    </>
  );
}
