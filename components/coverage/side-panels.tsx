'use client';

import { Text } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/coverage/coverage.module.css';
import { DataList } from '@/components/ui/data-list';
import { Panel } from '@/components/ui/panel';
import { FIELD_PERCENT, type Snapshot, TEST_DEFINITIONS, TEST_TITLES, TESTS } from '@/lib/coverage/model';
import { plural } from '@/lib/exposures/format';

/** How it develops and who answers for it. */
export function SidePanels({ snapshot }: { snapshot: Snapshot }) {
  return (
    <>
      <Trend snapshot={snapshot} />
      <Levels snapshot={snapshot} />
      <Owners snapshot={snapshot} />
    </>
  );
}

const W = 320;
const H = 92;

function Trend({ snapshot: { trend } }: { snapshot: Snapshot }) {
  const top = Math.max(10, FIELD_PERCENT * 1.5, ...trend.map((week) => week.percent));
  const y = (percent: number) => Math.round((H - 4 - (percent / top) * (H - 12)) * 10) / 10;
  const step = W / Math.max(trend.length, 1);
  const path = trend
    .map((week, at) => `${at === 0 ? `M0 ${y(week.percent)}` : `V${y(week.percent)}`}H${(at + 1) * step}`)
    .join('');
  const last = trend.at(-1);
  const before = trend.at(-2);
  const change = last && before ? Math.round((last.percent - before.percent) * 10) / 10 : null;
  return (
    <Panel title="Fully visible, per week" note={`${trend.length} ${plural(trend.length, 'week')}`}>
      <svg
        viewBox={`0 0 ${W} ${H}`}
        width="100%"
        style={{ maxWidth: 420 }}
        role="img"
        aria-label={`Share of fully visible service accounts: ${trend.map((week) => `${week.weekOf} ${week.percent} %`).join(', ')}`}
      >
        <line x1={0} x2={W} y1={y(FIELD_PERCENT)} y2={y(FIELD_PERCENT)} stroke="var(--b-dim)" strokeDasharray="3 3" />
        <text x={W} y={y(FIELD_PERCENT) - 4} textAnchor="end" fontSize={10} fill="var(--b-dim)">
          the field, {FIELD_PERCENT} %
        </text>
        <path d={path} fill="none" stroke="var(--b-blue)" strokeWidth={2} />
      </svg>
      <Text size="xs" c="dimmed" mt={4}>
        {change === null
          ? 'The first week: there is nothing to compare it with yet.'
          : `${change >= 0 ? '+' : '−'}${Math.abs(change)} points since the week of ${before?.weekOf}.`}
      </Text>
    </Panel>
  );
}

function Levels({ snapshot: { totals } }: { snapshot: Snapshot }) {
  const most = Math.max(1, ...totals.byVisibility);
  return (
    <Panel title="Visibility" note="tests passed">
      <ol className={classes.levels} aria-label="Service accounts by number of tests passed">
        {totals.byVisibility.map((count, level) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is the level
          <li key={level}>
            <Link
              href={`?visibility=${level}#identities`}
              className={classes.levelCount}
              aria-label={`${count} with ${level} ${plural(level, 'test')} passed`}
            >
              {count}
            </Link>
            <div
              className={classes.level}
              style={{ height: `${(count / most) * 56}px` }}
              data-full={level === TESTS.length || undefined}
            />
            <span className={classes.levelName}>{level}</span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

function Owners({ snapshot: { totals } }: { snapshot: Snapshot }) {
  return (
    <Panel title="Who answers for them" note="least visible first" flush>
      <DataList
        caption="Owners"
        rows={totals.owners}
        rowKey={(row) => row.owner ?? ''}
        rowHref={(row) => (row.owner ? `?owner=${encodeURIComponent(row.owner)}#identities` : '?gap=owner#identities')}
        maxHeight={360}
        empty={<Text p="md">Nobody yet.</Text>}
        columns={[
          {
            key: 'owner',
            header: 'Owner',
            cell: (row) => row.owner ?? <span style={{ color: 'var(--b-red)' }}>nobody</span>,
          },
          { key: 'full', header: 'Full', align: 'right', cell: (row) => `${row.full} / ${row.identities}` },
          { key: 'mean', header: 'Mean', align: 'right', cell: (row) => `${row.visibility.toFixed(1)} / 6` },
          { key: 'gaps', header: 'Gaps', align: 'right', cell: (row) => row.gaps },
        ]}
      />
    </Panel>
  );
}

/** What the words of the report mean. */
export function Definitions() {
  return (
    <Panel title="What the words mean">
      <dl className={classes.definitions}>
        {TESTS.map((test) => (
          <div key={test}>
            <dt>{TEST_TITLES[test]}</dt>
            <dd>{TEST_DEFINITIONS[test]}</dd>
          </div>
        ))}
        <div>
          <dt>Service account</dt>
          <dd>Every non-human identity that a connected system or a log holds.</dd>
        </div>
        <div>
          <dt>{FIELD_PERCENT} %</dt>
          <dd>
            Organisations that report full visibility into their service accounts: a share of organisations beside a
            share of accounts.
          </dd>
        </div>
      </dl>
    </Panel>
  );
}
