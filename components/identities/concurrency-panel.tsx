'use client';

import { Button, SegmentedControl } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { ConcurrencyGraph } from '@/components/identities/concurrency-graph';
import { ConcurrencyTable } from '@/components/identities/concurrency-table';
import { divergenceText } from '@/components/identities/divergence-words';
import classes from '@/components/identities/identities.module.css';
import { laneOrder } from '@/components/identities/lanes-geometry';
import { TerminateButton } from '@/components/revocations/terminate-button';
import { useMay } from '@/components/shell/operator-context';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { KeyHint } from '@/components/ui/key-hint';
import { Panel } from '@/components/ui/panel';
import { useApi } from '@/components/ui/use-api';
import { useFilters } from '@/components/ui/use-filters';
import { amountText, meterText, plural, severalSets } from '@/lib/exposures/format';
import type { Standing } from '@/lib/identities/standing-model';
import type { RevocationActions } from '@/lib/revocations/actions-model';
import { CONCURRENCY_RANGES, type Concurrency } from '@/lib/sessions/model';

const RANGE_TEXT: Record<string, string> = { '15m': '15 min', '1h': '1 h', '24h': '24 h', all: 'All' };
const FIRST_LANES = 12;

interface ConcurrencyPanelProps {
  identity: { id: string; name: string };
  initial: Concurrency;
  exposures: Standing['exposures'];
  actions: RevocationActions;
}

/** Sessions at once: the picture, what is chosen in it, and what can be done with the chosen. */
export function ConcurrencyPanel({ identity, initial, exposures, actions }: ConcurrencyPanelProps) {
  const [filters, setFilters] = useFilters(['range', 'from', 'to', 'view']);
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { range, from, to, view } = filters;
  const { data = initial, error } = useApi<Concurrency>(
    `/identities/${identity.id}/concurrency`,
    from && to ? { from, to } : { range },
    { initialData: initial, everyMs: initial.following ? 5_000 : 30_000 },
  );
  const zoomed = Boolean(from && to);
  const ordered = laneOrder(data.lanes);
  const shown = all ? ordered : ordered.slice(0, FIRST_LANES);
  const live = ordered.filter((lane) => chosen.has(lane.id) && lane.endedAt === null);
  const ids = new Set(live.map((lane) => lane.id));
  const choose = (id: string, on: boolean) => {
    const next = new Set(ids);
    if (on) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  const zoom = (start: number, end: number) =>
    void setFilters({ from: new Date(start).toISOString(), to: new Date(end).toISOString(), range: null });
  return (
    <Panel title="Sessions at once" note={<Legend data={data} />} flush>
      <div
        style={{ display: 'flex', flexWrap: 'wrap', gap: 8, justifyContent: 'space-between', padding: '0 16px 10px' }}
      >
        <SegmentedControl
          size="xs"
          aria-label="Range"
          data={[
            ...CONCURRENCY_RANGES.map((value) => ({ value, label: RANGE_TEXT[value] ?? value })),
            ...(zoomed ? [{ value: 'chosen', label: 'Chosen' }] : []),
          ]}
          value={zoomed ? 'chosen' : (range ?? data.range ?? '1h')}
          onChange={(value) => {
            if (value !== 'chosen') void setFilters({ range: value, from: null, to: null });
          }}
        />
        <SegmentedControl
          size="xs"
          aria-label="Shown as"
          data={[
            { value: 'graph', label: 'Graph' },
            { value: 'table', label: 'Table' },
          ]}
          value={view ?? 'graph'}
          onChange={(value) => void setFilters({ view: value === 'graph' ? null : value })}
        />
      </div>
      {error ? <ErrorState message={error.message} /> : null}
      {data.lanesTotal === 0 ? (
        <EmptyState title="No session in this range">{emptyWords(data)}</EmptyState>
      ) : view === 'table' ? (
        <ConcurrencyTable data={data} lanes={ordered} chosen={ids} choose={choose} />
      ) : (
        <ConcurrencyGraph
          data={data}
          grows={data.range === 'all'}
          lanes={shown}
          chosen={ids}
          choose={choose}
          zoom={zoom}
        />
      )}
      <div style={{ padding: '0 16px' }}>
        <div className={classes.foot}>
          <span>
            <Chosen
              exposures={exposures}
              ids={ids}
              total={data.lanesTotal}
              drawn={view === 'table' ? ordered : shown}
            />{' '}
            {ordered.length > FIRST_LANES && view !== 'table' ? (
              <Button variant="subtle" size="compact-xs" onClick={() => setAll(!all)}>
                {all
                  ? `Show ${FIRST_LANES}`
                  : `Show ${ordered.length === data.lanesTotal ? 'all' : 'first'} ${ordered.length}`}
              </Button>
            ) : null}
          </span>
          <span className={classes.buttons}>
            {exposures[0] ? (
              <Button component={Link} href={`/decisions/path?exposure=${exposures[0].id}`} size="sm">
                Open path
              </Button>
            ) : null}
            <TerminateButton
              actions={actions}
              may={useMay('session.terminate')}
              sessions={live.map((lane) => ({ id: lane.id, label: lane.label, identityName: identity.name }))}
            />
          </span>
        </div>
      </div>
    </Panel>
  );
}

const emptyWords = (data: Concurrency): string =>
  data.following ? 'Nothing has lived in it. A session appears here as it opens.' : 'Choose a longer range, or All.';

const DIVERGENCE =
  'How differently sessions that lived beside each other behave: Jensen–Shannon divergence of what they did (reads, changes, approvals, exports, other), from 0, all alike, to 1, nothing in common.';

function Legend({ data }: { data: Concurrency }) {
  const { usual, limit, divergence } = data;
  return (
    <span className={classes.legend}>
      {divergence ? <span title={DIVERGENCE}>{divergenceText(divergence)}</span> : null}
      <span>{limit === null ? 'no limit set' : `limit ${limit} ┄`}</span>
      {usual ? <span>usual {usual.low === usual.high ? usual.low : `${usual.low}–${usual.high}`} ▒</span> : null}
      <span>
        drag to zoom, <KeyHint keys="← →" /> move, <KeyHint keys="L" /> locks the line
      </span>
    </span>
  );
}

interface ChosenProps {
  exposures: Standing['exposures'];
  ids: ReadonlySet<string>;
  total: number;
  drawn: Concurrency['lanes'];
}

/** "2 sessions chosen · they made 7 100 of 9 400 EUR": their share of the exposure nearest to its limit. */
function Chosen({ exposures, ids, total, drawn }: ChosenProps) {
  if (total === 0) return null;
  if (ids.size === 0) {
    const anyLive = drawn.some((lane) => lane.endedAt === null);
    if (total > drawn.length)
      return <>{`${amountText(String(drawn.length))} of ${amountText(String(total))} sessions drawn.`}</>;
    return (
      <>{`${total} ${plural(total, 'session')}${anyLive ? '. Tick live ones to end them together.' : ', none of them live.'}`}</>
    );
  }
  const nearest = exposures.find((one) => one.contributors.some((each) => each.sessionId && ids.has(each.sessionId)));
  const words = `${ids.size} ${plural(ids.size, 'session')} chosen`;
  if (!nearest) return <>{words}</>;
  const made = nearest.contributors
    .filter((each) => each.sessionId && ids.has(each.sessionId))
    .reduce((sum, each) => sum + BigInt(each.settled) + BigInt(each.held), 0n);
  const whole = BigInt(nearest.settled) + BigInt(nearest.held);
  return (
    <>
      {words} · {plural(ids.size, 'it', 'they')} made <b>{amountText(made, nearest.scale)}</b> of{' '}
      {amountText(whole, nearest.scale, nearest.unit)} in {meterText(nearest, severalSets(exposures))}
    </>
  );
}
