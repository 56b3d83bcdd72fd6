'use client';

import { Button, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import classes from '@/components/coverage/coverage.module.css';
import { type Column, DataList } from '@/components/ui/data-list';
import { EmptyState } from '@/components/ui/empty-state';
import { FilterBar } from '@/components/ui/filter-bar';
import { Panel } from '@/components/ui/panel';
import { useFilters } from '@/components/ui/use-filters';
import { type CoverageRow, GAPS, TEST_TITLES, TESTS, type Tested } from '@/lib/coverage/model';

/** Rows drawn at first, and more by each click: a snapshot can hold tens of thousands. */
const STEP = 100;

function Mark({ test, title }: { test: Tested; title: string }) {
  return (
    <Tooltip label={test.why} multiline maw={320} withArrow>
      <span
        className={classes.mark}
        data-pass={test.pass || undefined}
        role="img"
        aria-label={`${title}: ${test.pass ? 'yes' : 'no'}. ${test.why}`}
      >
        {test.pass ? <IconCheck size={15} aria-hidden /> : <IconX size={15} aria-hidden />}
      </span>
    </Tooltip>
  );
}

const COLUMNS: Column<CoverageRow>[] = [
  {
    key: 'name',
    header: 'Identity',
    cell: (row) => (
      <>
        <Text component="span" ff="monospace" size="xs">
          {row.name}
        </Text>
        <Text component="span" size="xs" c="dimmed" display="block" fw={400} style={{ whiteSpace: 'nowrap' }}>
          {row.kind.replaceAll('_', ' ')}
          {row.sources.length > 0 ? ` · ${row.sources.slice(0, 3).join(', ')}` : ''}
        </Text>
      </>
    ),
  },
  { key: 'visibility', header: 'Visibility', align: 'right', cell: (row) => `${row.visibility} / 6` },
  ...TESTS.map(
    (test): Column<CoverageRow> => ({
      key: test,
      header:
        TEST_TITLES[test].split(' ')[0] === 'Live'
          ? 'Sessions'
          : TEST_TITLES[test].replace(/ (known|enumerated|path proven)$/, ''),
      cell: (row) => <Mark test={row.tests[test]} title={TEST_TITLES[test]} />,
    }),
  ),
  {
    key: 'live',
    header: 'Live / limit',
    align: 'right',
    cell: (row) => `${row.liveSessions} / ${row.concurrencyLimit ?? '–'}`,
  },
  {
    key: 'more',
    header: 'Other gaps',
    cell: (row) => (
      <Text component="span" size="xs" c="dimmed" display="block" miw={200}>
        {row.gaps
          .filter((gap) => !(TESTS as readonly string[]).includes(gap))
          .map((gap) => GAPS[gap].toLowerCase())
          .join(' · ') || '–'}
      </Text>
    ),
  },
];

/** The rows behind every figure above; the filters are in the URL, so a figure is a link to them. */
export function RowsPanel({ rows }: { rows: CoverageRow[] }) {
  const [filters] = useFilters(['q', 'gap', 'owner', 'visibility', 'identity']);
  const [shown, setShown] = useState(STEP);
  const q = filters.q?.toLowerCase();
  const chosen = rows.filter(
    (row) =>
      (!q || row.name.toLowerCase().includes(q) || row.owner?.toLowerCase().includes(q)) &&
      (!filters.gap || (row.gaps as string[]).includes(filters.gap)) &&
      (!filters.identity || row.identityId === filters.identity) &&
      (!filters.owner || row.owner === filters.owner) &&
      (!filters.visibility || row.visibility === Number(filters.visibility)),
  );
  const owners = [...new Set(rows.flatMap((row) => row.owner ?? []))].sort();
  return (
    <section id="identities" aria-label="Identities">
      <FilterBar
        search="Identity or owner"
        selects={[
          { key: 'gap', label: 'Gap', options: Object.entries(GAPS).map(([value, label]) => ({ value, label })) },
          {
            key: 'visibility',
            label: 'Visibility',
            options: ['0', '1', '2', '3', '4', '5', '6'].map((value) => ({ value, label: `${value} of 6` })),
          },
          { key: 'owner', label: 'Owner', options: owners },
        ]}
        also={['identity']}
      />
      <Panel title={`${chosen.length} of ${rows.length} service accounts`} note="hover a mark for the reason" flush>
        <DataList
          caption="Service accounts and their tests"
          rows={chosen.slice(0, shown)}
          rowKey={(row) => row.identityId}
          rowHref={(row) => `/identities/${row.identityId}`}
          columns={COLUMNS}
          empty={
            <EmptyState
              title={rows.length === 0 ? 'No service account is known yet' : 'No service account matches these filters'}
            />
          }
        />
        {chosen.length > shown ? (
          <div className={classes.more}>
            <span>{chosen.length - shown} more</span>
            <Button size="xs" onClick={() => setShown(shown + STEP)}>
              Show more
            </Button>
          </div>
        ) : null}
      </Panel>
    </section>
  );
}
