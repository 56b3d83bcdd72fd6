import type { Metadata } from 'next';
import { ifThere } from '@/app/(console)/if-there';
import { DecisionList } from '@/components/decisions/decision-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/decisions/list';
import { decisionListQuerySchema } from '@/lib/decisions/rest-model';
import { summary } from '@/lib/decisions/summary';
import { clock } from '@/lib/platform/clock';
import { env } from '@/lib/platform/env';

export const metadata: Metadata = { title: 'Decisions' };

type Search = Promise<Record<string, string | string[] | undefined>>;

const DAY_MS = 86_400_000;

export default async function DecisionsPage({ searchParams }: { searchParams: Search }) {
  const ctx = await currentOperator();
  const { range, live, ...filters } = await searchParams;
  const query = decisionListQuerySchema.safeParse(filters);
  const now = clock.ms();
  const [initial, day] = await Promise.all([
    query.success && !range && !live ? ifThere(list(ctx, query.data)) : undefined,
    summary(ctx, { from: new Date(now - DAY_MS).toISOString(), to: new Date(now).toISOString() }),
  ]);
  return <DecisionList initial={initial} summary={day} pdpUrl={env().BRAID_PDP_URL} />;
}
