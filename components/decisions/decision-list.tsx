'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useState } from 'react';
import { DecisionFilters, FILTERS, rangeStart } from '@/components/decisions/decision-filters';
import { DecisionTable } from '@/components/decisions/decision-table';
import { useNow } from '@/components/ui/browser-clock';
import { EmptyState } from '@/components/ui/empty-state';
import { PageHeader } from '@/components/ui/page-header';
import { Panel } from '@/components/ui/panel';
import { useFilters } from '@/components/ui/use-filters';
import { useInfiniteApi } from '@/components/ui/use-infinite-api';
import type { DecisionRow, DecisionSummary } from '@/lib/decisions/model';
import { amountText, numberWord, plural, sentenceCase } from '@/lib/exposures/format';
import type { Page } from '@/lib/http/model';

interface DecisionListProps {
  initial: Page<DecisionRow> | undefined;
  /** Of the last 24 hours. */
  summary: DecisionSummary;
  /** Address of the decision point, for the first call. */
  pdpUrl: string;
}

export function DecisionList({ initial, summary, pdpUrl }: DecisionListProps) {
  const [{ range, live, ...filters }] = useFilters(FILTERS);
  const [held, setHeld] = useState<string | null>(null);
  const now = useNow();
  const from = filters.from ?? rangeStart(range, now);
  // Held still: nothing newer than the moment the tail was switched off.
  const still = live === 'off' ? (held ?? (now ? new Date(now).toISOString() : null)) : null;
  if (still !== held) setHeld(still);
  const list = useInfiniteApi<DecisionRow>('/decisions', { ...filters, from, to: filters.to ?? still }, initial);
  const any = Object.values(filters).some(Boolean) || range !== null;
  return (
    <>
      <PageHeader
        title={headline(summary)}
        sub={sub(summary)}
        actions={
          <Button component={Link} href="/decisions/friction" variant="default">
            What control costs
          </Button>
        }
      />
      <DecisionFilters />
      <Panel flush>
        <DecisionTable list={list} empty={any ? <NoMatch /> : <NoDecisions pdpUrl={pdpUrl} />} />
      </Panel>
    </>
  );
}

/** The product's headline figure first: what a control that sees one session would have let through. */
function headline({ split, total }: DecisionSummary): string {
  if (total === 0) return 'No decision was asked for in the last 24 hours.';
  const decisions = `${amountText(String(total))} ${plural(total, 'decision')} in the last 24 hours`;
  if (split === 0)
    return `${sentenceCase(decisions)}; none was refused that one session alone would have been allowed.`;
  const allowed = `${numberWord(split)} ${plural(split, 'request')} that one session alone would have been allowed ${split === 1 ? 'was' : 'were'} stopped`;
  return `${sentenceCase(allowed)} by what all sessions did together.`;
}

function sub({ split, total, spared, byVerdict }: DecisionSummary): string | undefined {
  if (total === 0) return undefined;
  const refused = byVerdict.deny + byVerdict.pause + byVerdict.step_up;
  const worth = spared
    .filter((each) => each.amount !== '0')
    .map((each) => amountText(each.amount, each.scale, each.unit))
    .join(', ');
  const facts = [
    `${amountText(String(total))} ${plural(total, 'decision')} in the last 24 hours`,
    `${amountText(String(byVerdict.allow))} allowed`,
    `${amountText(String(refused))} not`,
  ];
  return `${facts.join(' · ')}${split > 0 && worth ? ` · ${worth} kept back` : ''}`;
}

function NoMatch() {
  return <EmptyState title="No decision matches">Widen the time, or clear a filter.</EmptyState>;
}

function NoDecisions({ pdpUrl }: { pdpUrl: string }) {
  const body = {
    subject: { type: 'service_account', id: 'svc-payments' },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: '4711' },
    context: { amount: 2800, currency: 'EUR', braid: { session: { id: 'worker-7' } } },
  };
  const call = `curl ${pdpUrl}/access/v1/evaluation \\\n  -H "Authorization: Bearer $BRAID_TOKEN" \\\n  -H "Content-Type: application/json" \\\n  -d '${JSON.stringify(body)}'`;
  return (
    <EmptyState
      title="No decision yet"
      actions={
        <Button component="a" href="/settings">
          Make an API token
        </Button>
      }
    >
      A service asks before it acts. Each answer appears here, with what it would have been for one session alone.
      <pre
        style={{
          textAlign: 'left',
          maxWidth: 720,
          margin: '14px auto 0',
          whiteSpace: 'pre-wrap',
          overflowWrap: 'anywhere',
          fontSize: 12,
        }}
      >
        {call}
      </pre>
    </EmptyState>
  );
}
