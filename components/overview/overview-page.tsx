'use client';

import { Grid, SimpleGrid, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { DecisionBars } from '@/components/overview/decision-bars';
import { LiveNow } from '@/components/overview/live-now';
import { Needs } from '@/components/overview/needs';
import { duration } from '@/components/ui/dates';
import { PageHeader } from '@/components/ui/page-header';
import { Stat } from '@/components/ui/stat';
import { useApi } from '@/components/ui/use-api';
import { sparedText } from '@/lib/coverage/format';
import { FIELD_PERCENT } from '@/lib/coverage/model';
import { amountText, plural } from '@/lib/exposures/format';
import type { Overview } from '@/lib/overview/model';

const grouped = (count: number): string => amountText(BigInt(count));

/** The first page: what shared state held back, what waits for somebody, and what lives now. */
export function OverviewPage({ initial, doors }: { initial: Overview; doors: ReactNode }) {
  const { data = initial } = useApi<Overview>('/overview', {}, { initialData: initial, everyMs: 5_000 });
  if (data.empty) return doors;
  return (
    <>
      <PageHeader title={sentence(data)} />
      <Stats data={data} />
      <Grid gap="md" mt="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <Needs needs={data.needs} total={data.needsTotal} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Stack gap="md">
            <LiveNow live={data.live} />
            <DecisionBars minutes={data.decisions.minutes} />
          </Stack>
        </Grid.Col>
      </Grid>
    </>
  );
}

/** What was found, in words: the most pressing first. */
function sentence({ needs, needsTotal, live, decisions }: Overview): string {
  const first = needs[0];
  if (first) {
    const others = needsTotal - 1;
    const about =
      first.kind === 'finding'
        ? `${first.name}: ${first.title.charAt(0).toLowerCase()}${first.title.slice(1)}`
        : first.title;
    return `${about}${others > 0 ? `, and ${others} more ${plural(others, 'thing waits', 'things wait')} for you` : ''}.`;
  }
  if (live.identities > 0)
    return `Nothing waits for you: ${grouped(live.sessions)} live ${plural(live.sessions, 'session')} of ${grouped(live.identities)} ${plural(live.identities, 'identity', 'identities')}, all within their limits.`;
  return decisions.total > 0 ? 'Nothing waits for you.' : 'Nothing waits for you, and nothing is live at the moment.';
}

function Stats({ data: { decisions, live, revocations, coverage } }: { data: Overview }) {
  const unverified = revocations.total - revocations.verified;
  const spared = decisions.spared.length > 0 ? ` · ${sparedText(decisions.spared)} not spent` : '';
  const change = coverage?.change
    ? `${coverage.change > 0 ? '+' : '−'}${Math.abs(coverage.change)} this week`
    : `${coverage?.full} of ${coverage?.known}`;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="md">
      <Stat
        label="A per-session control would have allowed"
        value={grouped(decisions.split)}
        sub={
          decisions.total === 0
            ? 'no decision in the last 24 hours'
            : `of ${grouped(decisions.total)} ${plural(decisions.total, 'decision')} in 24 h${spared}`
        }
        href="/decisions?onlySplit=true&range=24h"
      />
      <Stat
        label="Identities above their limit now"
        value={grouped(live.aboveLimit)}
        tone={live.aboveLimit > 0 ? 'red' : undefined}
        sub={`of ${grouped(live.identities)} with live sessions · ${grouped(live.sessions)} ${plural(live.sessions, 'session')}`}
        href="/identities?overLimit=true"
      />
      <Stat
        label="Click to verified, p95"
        value={revocations.p95Ms === null ? '–' : duration(revocations.p95Ms)}
        sub={
          revocations.total === 0
            ? 'no access was ended yet'
            : `${revocations.total} ${plural(revocations.total, 'revocation')}${unverified > 0 ? ` · ${unverified} not verified` : ', all verified'}`
        }
        href="/revocations"
      />
      <Stat
        label="Fully visible service accounts"
        value={coverage ? `${coverage.percent} %` : '–'}
        sub={coverage ? `${change} · the field: ${FIELD_PERCENT} %` : `not judged yet · the field: ${FIELD_PERCENT} %`}
        href="/reports/weekly"
      />
    </SimpleGrid>
  );
}
