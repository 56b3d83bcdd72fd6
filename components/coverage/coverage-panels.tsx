'use client';

import { SimpleGrid, Text, Tooltip } from '@mantine/core';
import Link from 'next/link';
import classes from '@/components/coverage/coverage.module.css';
import { SystemTimesTable } from '@/components/revocations/system-times';
import { Badge, type Tone } from '@/components/ui/badge';
import { DataList } from '@/components/ui/data-list';
import { Panel } from '@/components/ui/panel';
import { Stat } from '@/components/ui/stat';
import { When } from '@/components/ui/when';
import { excessSentence, share, sightsText, sparedText } from '@/lib/coverage/format';
import {
  type CoverageSource,
  FIELD_PERCENT,
  GAPS,
  type Gap,
  type Snapshot,
  TEST_DEFINITIONS,
  TEST_TITLES,
  TESTS,
} from '@/lib/coverage/model';
import { revokeSentence } from '@/lib/coverage/times-format';
import { plural } from '@/lib/exposures/format';
import { EXCESSIVE } from '@/lib/identities/privileges-evaluate';

const FRESHNESS: Record<CoverageSource['freshness'], Tone> = {
  fresh: 'green',
  stale: 'amber',
  silent: 'red',
  imported: 'quiet',
};

/** Totals, tests, gaps and sources: every figure of the report that counts identities opens its rows. */
export function CoveragePanels({ snapshot }: { snapshot: Snapshot }) {
  return (
    <>
      <Totals snapshot={snapshot} />
      <Tests snapshot={snapshot} />
      <Gaps snapshot={snapshot} />
      <Excess snapshot={snapshot} />
      <TimeToRevoke snapshot={snapshot} />
      <Sources snapshot={snapshot} />
    </>
  );
}

function Totals({ snapshot: { totals, percent } }: { snapshot: Snapshot }) {
  const { remainder, decisions } = totals;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="md">
      <Stat
        label="Fully visible"
        value={`${percent} %`}
        sub={`${totals.full} of ${totals.known} · the field: ${FIELD_PERCENT} %`}
        href="?visibility=6#identities"
      />
      <Stat
        label="Service accounts known"
        value={totals.known}
        sub={`${remainder.logsOnly} from logs alone`}
        href="?#identities"
      />
      <Stat
        label="Seen by callers alone"
        value={remainder.decisionsOnly}
        sub="in no system and no log: not counted"
        tone={remainder.decisionsOnly > 0 ? 'amber' : undefined}
        href="/identities?managed=false"
      />
      <Stat
        label="A per-session control would have allowed"
        value={decisions.split}
        sub={`of ${decisions.total} in 7 days${decisions.spared.length > 0 ? ` · ${sparedText(decisions.spared)} not spent` : ''}`}
        href="/decisions?onlySplit=true&range=7d"
      />
    </SimpleGrid>
  );
}

function Tests({ snapshot: { totals } }: { snapshot: Snapshot }) {
  return (
    <Panel title="The six tests" note={`of ${totals.known} service ${plural(totals.known, 'account')}`}>
      <div className={classes.tests}>
        {TESTS.map((test) => {
          const passed = totals.byTest[test];
          return (
            <div key={test} className={classes.test}>
              <Tooltip label={TEST_DEFINITIONS[test]} multiline w={320} withArrow>
                <Link href={`?gap=${test}#identities`} className={classes.testName}>
                  {TEST_TITLES[test]}
                </Link>
              </Tooltip>
              <div className={classes.bar} role="img" aria-label={`${passed} of ${totals.known} pass`}>
                <div style={{ width: `${share(passed, totals.known)}%` }} />
              </div>
              <span className={classes.figure}>
                {passed} <span>of {totals.known}</span>
              </span>
              <span className={classes.percent}>{share(passed, totals.known)} %</span>
            </div>
          );
        })}
      </div>
    </Panel>
  );
}

function Gaps({ snapshot: { totals } }: { snapshot: Snapshot }) {
  const gaps = Object.entries(totals.gaps).sort(([, a], [, b]) => b - a);
  return (
    <Panel title="Gaps" note="an identity can have several" flush>
      <DataList
        caption="Gaps"
        rows={gaps}
        rowKey={([gap]) => gap}
        rowHref={([gap]) => `?gap=${gap}#identities`}
        empty={<Text p="md">No service account lacks anything.</Text>}
        columns={[
          { key: 'gap', header: 'Gap', cell: ([gap]) => GAPS[gap as Gap] ?? gap },
          { key: 'count', header: 'Identities', align: 'right', width: 110, cell: ([, count]) => count },
          {
            key: 'share',
            header: 'Share',
            align: 'right',
            width: 90,
            cell: ([, count]) => `${share(count, totals.known)} %`,
          },
        ]}
      />
    </Panel>
  );
}

/** Who may do more than it needs; the figure opens those it counts. */
function Excess({ snapshot: { totals } }: { snapshot: Snapshot }) {
  const said = excessSentence(totals);
  if (!said) return null;
  return (
    <Panel title="Excessive privileges">
      <Link href="?gap=excess#identities">{said}</Link>
      <Text size="xs" c="dimmed" mt="xs">
        {EXCESSIVE}
      </Text>
    </Panel>
  );
}

/** What the report's files say of it too; reports from before it was counted have none. */
function TimeToRevoke({ snapshot: { totals } }: { snapshot: Snapshot }) {
  const { times } = totals.revocations;
  if (!times) return null;
  return (
    <Panel title="Time to revoke" note="the 90 days before the snapshot">
      <Text size="sm" mb="xs">
        {revokeSentence(times)}
      </Text>
      <SystemTimesTable systems={times.systems} />
    </Panel>
  );
}

function Sources({ snapshot: { sources, totals } }: { snapshot: Snapshot }) {
  return (
    <Panel title="What it rests on" note="freshness when the snapshot was taken" flush>
      {totals.sights ? (
        <Text size="sm" c="dimmed" px="md" pt="sm">
          What Braid sees of each, by the system that shows most: {sightsText(totals.sights)}.
        </Text>
      ) : null}
      <DataList
        caption="Sources and their freshness"
        rows={sources}
        rowKey={(row) => row.connectorId ?? row.name}
        empty={<Text p="md">No source has told anything yet.</Text>}
        columns={[
          {
            key: 'name',
            header: 'Source',
            cell: (row) =>
              row.connectorId ? <Link href={`/connectors#${row.connectorId}`}>{row.name}</Link> : row.name,
          },
          { key: 'kind', header: 'Kind', cell: (row) => row.kind },
          { key: 'identities', header: 'Identities', align: 'right', cell: (row) => row.identities },
          { key: 'full', header: 'Fully visible', align: 'right', cell: (row) => row.full },
          {
            key: 'fresh',
            header: 'Freshness',
            cell: (row) => (
              <>
                <Badge tone={FRESHNESS[row.freshness]}>{row.freshness}</Badge>{' '}
                <Text component="span" size="xs" c="dimmed">
                  <When at={row.lastAt} never="never" />
                </Text>
              </>
            ),
          },
          {
            key: 'detail',
            header: 'Detail',
            cell: (row) => (
              <Text component="span" size="xs" c="dimmed">
                {row.detail}
              </Text>
            ),
          },
        ]}
      />
    </Panel>
  );
}
