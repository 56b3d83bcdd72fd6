'use client';

import { IconRoute } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import classes from '@/components/decisions/decisions.module.css';
import { type Column, DataList } from '@/components/ui/data-list';
import { SessionName } from '@/components/ui/session-colours';
import type { InfiniteApi } from '@/components/ui/use-infinite-api';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { When } from '@/components/ui/when';
import { REASON_TEXT } from '@/lib/decisions/format';
import type { DecisionRow } from '@/lib/decisions/model';
import { amountText, ruleText } from '@/lib/exposures/format';

interface DecisionTableProps {
  /** Plain rows, or a list from useInfiniteApi. */
  rows?: DecisionRow[];
  list?: InfiniteApi<DecisionRow>;
  caption?: string;
  /** On an identity's own page its name would only repeat. */
  hideIdentity?: boolean;
  /** The same on a session's own page. */
  hideSession?: boolean;
  empty: ReactNode;
  maxHeight?: number;
}

/** Decisions with both verdicts side by side. A row leads to the decision, the last cell to its path. */
export function DecisionTable(props: DecisionTableProps) {
  return (
    <DataList<DecisionRow>
      caption={props.caption ?? 'Decisions, newest first'}
      columns={columnsFor(props)}
      rowKey={(row) => row.id}
      rowHref={(row) => `/decisions/${row.id}`}
      rows={props.rows}
      list={props.list}
      empty={props.empty}
      maxHeight={props.maxHeight}
    />
  );
}

const columnsFor = ({ hideIdentity, hideSession }: DecisionTableProps): Column<DecisionRow>[] =>
  COLUMNS.filter(({ key }) => !(key === 'identity' && hideIdentity) && !(key === 'session' && hideSession)).map(
    (column) => (column.key === 'session' && !hideIdentity ? { ...column, narrow: 'left out' } : column),
  );

const COLUMNS: Column<DecisionRow>[] = [
  { key: 'time', header: 'Time', cell: (row) => <Time row={row} />, width: 110 },
  {
    key: 'identity',
    header: 'Identity',
    cell: (row) => (
      <>
        <Link
          href={`/identities/${row.identityId}`}
          className={`${classes.quietLink} ${classes.short}`}
          title={row.identityName}
          prefetch={false}
        >
          <span className={classes.mono}>{row.identityName}</span>
        </Link>
        <span className={classes.below}>
          <Session row={row} />
        </span>
      </>
    ),
  },
  { key: 'session', header: 'Session', cell: (row) => <Session row={row} /> },
  {
    key: 'action',
    header: 'Action',
    cell: (row) => (
      <>
        <span className={classes.what} title={`${row.action} → ${row.resourceType} ${row.resourceId}`}>
          {row.action} <span className={classes.dim}>→ {row.resourceId}</span>
        </span>
        <span className={classes.beside}>
          <PathLink row={row} />
        </span>
        {row.verdict === 'allow' ? null : (
          <span className={classes.below}>
            <Why row={row} />
          </span>
        )}
      </>
    ),
  },
  {
    key: 'amount',
    header: 'Amount',
    align: 'right',
    cell: (row) => (row.amount === null ? '–' : amountText(row.amount, row.scale, row.unit)),
  },
  { key: 'alone', header: 'Alone', cell: (row) => <VerdictBadge verdict={row.alone} /> },
  { key: 'together', header: 'Together', cell: (row) => <VerdictBadge verdict={row.verdict} /> },
  {
    key: 'path',
    header: <span className={classes.hidden}>Path</span>,
    cell: (row) => <PathLink row={row} />,
    width: 40,
    narrow: 'left out',
  },
  { key: 'why', header: 'Why', cell: (row) => <Why row={row} />, narrow: 'left out' },
];

function Time({ row }: { row: DecisionRow }) {
  return (
    <span className={classes.time}>
      <When at={row.at} show="time" />
    </span>
  );
}

function Session({ row }: { row: DecisionRow }) {
  if (!row.sessionId) return <span className={classes.dim}>none named</span>;
  return (
    <Link
      href={`/sessions/${row.sessionId}`}
      className={`${classes.quietLink} ${classes.short}`}
      title={row.sessionLabel ?? undefined}
      prefetch={false}
    >
      <SessionName id={row.sessionId} label={row.sessionLabel ?? row.sessionId.slice(0, 8)} />
    </Link>
  );
}

function Why({ row }: { row: DecisionRow }) {
  const text = row.message ?? REASON_TEXT[row.reason];
  return (
    <span className={classes.why} title={text}>
      {row.ruleId && row.verdict !== 'allow' ? (
        <span className={`${classes.mono} ${classes.rule}`}>
          {ruleText({ set: row.policySet, id: row.ruleId }, true)}{' '}
        </span>
      ) : null}
      <span className={classes.dim}>
        {text}
        {row.dryRun ? ' · dry run' : ''}
      </span>
    </span>
  );
}

function PathLink({ row }: { row: DecisionRow }) {
  if (!row.exposureId || row.dryRun) return null;
  return (
    <Link
      href={`/decisions/${row.id}/path`}
      className={classes.iconLink}
      aria-label={`Path to the decision on ${row.action} by ${row.identityName}`}
      title="How it got there"
      prefetch={false}
    >
      <IconRoute size={16} aria-hidden />
    </Link>
  );
}
