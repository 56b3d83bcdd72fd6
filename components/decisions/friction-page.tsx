'use client';

import { SegmentedControl, Stack } from '@mantine/core';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import shared from '@/components/decisions/decisions.module.css';
import { FrictionDays } from '@/components/decisions/friction-days';
import { daysAsked, headline, KIND_WORDS, latencyText, perDay, shareText } from '@/components/decisions/friction-words';
import { type Column, DataList } from '@/components/ui/data-list';
import { utc } from '@/components/ui/dates';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { Stat } from '@/components/ui/stat';
import { VerdictBadge } from '@/components/ui/verdict-badge';
import { When } from '@/components/ui/when';
import type { Friction, TakenBack } from '@/lib/decisions/friction-model';
import { amountText } from '@/lib/exposures/format';

const SPANS = [
  { value: '1', label: 'Today' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
];

const grouped = (n: number): string => amountText(String(n));

/** What control costs those it is not aimed at. */
export function FrictionPage({ days, friction }: { days: number; friction: Friction }) {
  const router = useRouter();
  const { byVerdict, latency, total, takenBackTotal } = friction;
  const asked = daysAsked(friction.days);
  const rows = (more: Record<string, string>) => `/decisions?${new URLSearchParams({ from: friction.from, ...more })}`;
  return (
    <>
      <PageHeader
        title={headline(friction, days)}
        sub={
          friction.talliedUntil
            ? `Counted until ${utc(friction.talliedUntil)}; days are UTC; dry runs are left out`
            : 'Nothing is counted yet: it is done every half minute'
        }
        actions={
          <SegmentedControl
            aria-label="Time"
            data={SPANS}
            value={String(days)}
            onChange={(value) => router.push(`/decisions/friction?days=${value}`)}
          />
        }
      />
      <div className={shared.stats}>
        <Stat
          label="Step-ups a day"
          value={perDay(byVerdict.step_up, asked)}
          sub={`${grouped(byVerdict.step_up)} in all`}
          href={rows({ verdict: 'step_up' })}
        />
        <Stat
          label="Refusals a day"
          value={perDay(byVerdict.deny + byVerdict.pause, asked)}
          sub={`${grouped(byVerdict.deny)} denied, ${grouped(byVerdict.pause)} paused`}
          href={rows({ verdict: 'deny,pause' })}
        />
        <Stat
          label="Taken back by people"
          value={grouped(takenBackTotal)}
          sub="automation that was stopped and let go again"
          href="#taken-back"
        />
        <Stat
          label="Added time, p99"
          value={latencyText(latency.p99Us)}
          sub={`p50 ${latencyText(latency.p50Us)} · p95 ${latencyText(latency.p95Us)}`}
          href="#latency"
        />
      </div>
      <Stack gap="md">
        <Panel title="Stopped" note="a bar a day; a click opens its decisions">
          {total === 0 ? (
            <EmptyState title="No decision in this time">Services ask for them at the decision point.</EmptyState>
          ) : (
            <FrictionDays days={friction.days} />
          )}
        </Panel>
        <FrictionTables friction={friction} rows={rows} />
      </Stack>
    </>
  );
}

interface TablesProps {
  friction: Friction;
  /** Where the decisions of a number are. */
  rows: (more: Record<string, string>) => string;
}

function FrictionTables({ friction, rows }: TablesProps) {
  return (
    <>
      <Panel title="By rule" note="those that stopped most first" flush>
        <DataList
          caption="Rules that stopped something"
          columns={RULES}
          rowKey={(row) => `${row.policySet}/${row.ruleId}/${row.verdict}`}
          rowHref={(row) => rows({ verdict: row.verdict, ...(row.ruleId ? { q: row.ruleId } : {}) })}
          rows={friction.rules}
          empty={<EmptyState title="No rule stopped anything">All that was asked was allowed.</EmptyState>}
        />
      </Panel>
      <Panel
        id="taken-back"
        title="Taken back by people"
        note="approvals, exemptions, resumed and restored identities"
        flush
      >
        <DataList
          caption="What people gave back"
          columns={TAKEN_BACK}
          rowKey={(row) => `${row.kind}/${row.id}`}
          rowHref={hrefOf}
          rows={friction.takenBack}
          empty={
            <EmptyState title="Nobody took anything back">
              No refusal was approved, exempted, resumed or restored in this time.
            </EmptyState>
          }
        />
      </Panel>
      <Panel
        id="latency"
        title="Time a decision takes"
        note="from the request's arrival to its commit, by enforcement point"
        flush
      >
        <DataList
          caption="Latency by enforcement point"
          columns={POINTS}
          rowKey={(row) => row.tokenId ?? row.name}
          rows={friction.points}
          empty={<EmptyState title="Nothing was timed">No decision in this time.</EmptyState>}
        />
      </Panel>
      <Panel
        title="Latency budgets"
        note="what a set says a decision may take; every active set takes part in every decision"
        flush
      >
        <DataList
          caption="Latency budgets of policy sets"
          columns={BUDGETS}
          rowKey={(row) => row.policySet}
          rowHref={(row) => `/policies/${row.policySet}`}
          rows={friction.budgets}
          empty={
            <EmptyState title="No active set names a budget">
              Write <code>latency_budget: 25ms</code> into a set, and this says how many decisions kept it.
            </EmptyState>
          }
        />
      </Panel>
    </>
  );
}

const hrefOf = (row: TakenBack): string => {
  if (row.kind === 'approval') return `/approvals/${row.id}`;
  if (row.kind === 'exemption') return `/policies/${row.rule?.split('/')[0] ?? ''}`;
  return `/revocations/${row.id}`;
};

const RULES: Column<Friction['rules'][number]>[] = [
  {
    key: 'rule',
    header: 'Rule',
    cell: (row) => (
      <span className={shared.mono}>
        {row.ruleId ? `${row.policySet}/${row.ruleId}` : 'no rule: not granted, or no state'}
      </span>
    ),
  },
  { key: 'verdict', header: 'Verdict', cell: (row) => <VerdictBadge verdict={row.verdict} /> },
  { key: 'n', header: 'Times', align: 'right', cell: (row) => grouped(row.n) },
  { key: 'split', header: 'One session alone allowed', align: 'right', cell: (row) => grouped(row.split) },
  { key: 'back', header: 'Taken back', align: 'right', cell: (row) => grouped(row.takenBack) },
];

const TAKEN_BACK: Column<TakenBack>[] = [
  { key: 'name', header: 'Identity', cell: (row) => row.name || 'unknown' },
  { key: 'kind', header: 'What', cell: (row) => KIND_WORDS[row.kind] },
  { key: 'rule', header: 'Rule', cell: (row) => <span className={shared.mono}>{row.rule ?? '—'}</span> },
  { key: 'reason', header: 'Reason', cell: (row) => row.reason ?? '—', narrow: 'left out' },
  { key: 'by', header: 'By', cell: (row) => row.by },
  { key: 'at', header: 'When', align: 'right', cell: (row) => <When at={row.at} /> },
];

const POINTS: Column<Friction['points'][number]>[] = [
  {
    key: 'name',
    header: 'Enforcement point',
    cell: (row) => (row.tokenId ? <Link href="/settings/tokens">{row.name}</Link> : row.name),
  },
  { key: 'n', header: 'Decisions', align: 'right', cell: (row) => grouped(row.n) },
  { key: 'p50', header: 'p50', align: 'right', cell: (row) => latencyText(row.p50Us) },
  { key: 'p95', header: 'p95', align: 'right', cell: (row) => latencyText(row.p95Us) },
  { key: 'p99', header: 'p99', align: 'right', cell: (row) => latencyText(row.p99Us) },
];

const BUDGETS: Column<Friction['budgets'][number]>[] = [
  { key: 'set', header: 'Policy set', cell: (row) => row.policySet },
  { key: 'budget', header: 'Budget', align: 'right', cell: (row) => latencyText(row.budgetMs * 1_000) },
  { key: 'within', header: 'Decisions within it', align: 'right', cell: (row) => shareText(row.within) },
];
