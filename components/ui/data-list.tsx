'use client';

import { Button, Checkbox, VisuallyHidden } from '@mantine/core';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type MouseEvent, type ReactNode, useTransition } from 'react';
import { ErrorState } from '@/components/ui/error-state';
import { Loading } from '@/components/ui/loading';
import classes from '@/components/ui/ui.module.css';
import type { InfiniteApi } from '@/components/ui/use-infinite-api';

export interface Column<Row> {
  key: string;
  /** Empty over a column of buttons: read out as "Actions". */
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** right for numbers. */
  align?: 'left' | 'right';
  width?: number | string;
  /** Where the table has little room this column is left out: what it says stands in another one or behind the row. */
  narrow?: 'left out';
}

interface DataListProps<Row> {
  /** What the table shows, for those who hear it. */
  caption: string;
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  /** Where a row leads. The first column becomes the link (no buttons in it); a click anywhere in the row follows it. */
  rowHref?: (row: Row) => string;
  /** Instead of a link: what a click on the row opens. */
  onRow?: (row: Row) => void;
  /** Shown when there are no rows. */
  empty: ReactNode;
  /** Plain rows, or a list from useInfiniteApi. */
  rows?: Row[];
  list?: InfiniteApi<Row>;
  /** Rows that can be chosen, for one action over many. */
  choose?: Choice<Row>;
  /** Scrolls inside beyond this height (px), under a sticky header. */
  maxHeight?: number;
}

export interface Choice<Row> {
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** Can nothing be done with it? Then its box is not drawn. */
  can: (row: Row) => boolean;
  /** For those who hear it: "Choose session worker 3". */
  label: (row: Row) => string;
}

const interactive = (event: MouseEvent): boolean =>
  (event.target as Element).closest('a, button, input, label, [role="menuitem"]') !== null;

export function DataList<Row>(props: DataListProps<Row>) {
  const { caption, columns, rowKey, rowHref, onRow, list, empty } = props;
  const router = useRouter();
  const [going, go] = useTransition();
  const rows = props.rows ?? list?.rows ?? [];
  if (list?.loading) return <Loading />;
  if (list?.error && rows.length === 0)
    return <ErrorState message={list.error.message} requestId={list.error.requestId} retry={list.retry} />;
  if (rows.length === 0) return <>{empty}</>;
  const follow = (row: Row) => (event: MouseEvent) => {
    if (interactive(event) || window.getSelection()?.toString()) return;
    if (onRow) onRow(row);
    else if (rowHref) go(() => router.push(rowHref(row)));
  };
  const first = (row: Row, content: ReactNode) => {
    if (rowHref)
      return (
        <Link href={rowHref(row)} className={classes.rowLink} prefetch={false}>
          {content}
        </Link>
      );
    return content;
  };
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by key */}
      <section className={classes.scroll} aria-label={caption} tabIndex={0} style={{ maxHeight: props.maxHeight }}>
        <table className={classes.table} style={{ opacity: list?.stale || going ? 0.6 : 1 }} aria-busy={going}>
          <caption>{caption}</caption>
          <thead>
            <tr>
              {props.choose ? <ChooseAll rows={rows} rowKey={rowKey} choice={props.choose} /> : null}
              {columns.map((column) => (
                <th
                  key={column.key}
                  scope="col"
                  data-align={column.align}
                  data-narrow={column.narrow}
                  style={{ width: column.width }}
                >
                  {column.header || <VisuallyHidden>Actions</VisuallyHidden>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={rowKey(row)}
                data-link={rowHref || onRow ? true : undefined}
                onClick={rowHref || onRow ? follow(row) : undefined}
              >
                {props.choose ? <ChooseOne row={row} id={rowKey(row)} choice={props.choose} /> : null}
                {columns.map((column, at) => (
                  <td key={column.key} data-align={column.align} data-narrow={column.narrow}>
                    {at === 0 ? first(row, column.cell(row)) : column.cell(row)}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {list ? <More list={list} shown={rows.length} /> : null}
    </>
  );
}

function More<Row>({ list, shown }: { list: InfiniteApi<Row>; shown: number }) {
  return (
    <div className={classes.more}>
      <span>
        {shown} shown{list.more ? '' : ', all there are'}
        {list.error ? ` · not renewed: ${list.error.message}` : ''}
      </span>
      {list.more ? (
        <Button size="xs" onClick={list.more} loading={list.loadingMore}>
          Load more
        </Button>
      ) : null}
    </div>
  );
}

function ChooseAll<Row>({ rows, rowKey, choice }: { rows: Row[]; rowKey: (row: Row) => string; choice: Choice<Row> }) {
  const ids = rows.filter(choice.can).map(rowKey);
  const on = ids.filter((id) => choice.chosen.has(id)).length;
  return (
    <th scope="col" style={{ width: 36 }}>
      <Checkbox
        size="xs"
        aria-label="Choose all that are shown"
        disabled={ids.length === 0}
        checked={on > 0 && on === ids.length}
        indeterminate={on > 0 && on < ids.length}
        onChange={() => choice.onChange(new Set(on === ids.length ? [] : ids))}
      />
    </th>
  );
}

function ChooseOne<Row>({ row, id, choice }: { row: Row; id: string; choice: Choice<Row> }) {
  const toggle = () => {
    const next = new Set(choice.chosen);
    if (!next.delete(id)) next.add(id);
    choice.onChange(next);
  };
  return (
    <td>
      {choice.can(row) ? (
        <Checkbox size="xs" aria-label={choice.label(row)} checked={choice.chosen.has(id)} onChange={toggle} />
      ) : null}
    </td>
  );
}
