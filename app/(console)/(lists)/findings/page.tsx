import type { Metadata } from 'next';
import { createFinding } from '@/app/(console)/findings/actions';
import { ifAsked, ifThere } from '@/app/(console)/if-there';
import { FindingList } from '@/components/findings/finding-list';
import { currentOperator } from '@/lib/access/operator';
import { count } from '@/lib/findings/count';
import { list } from '@/lib/findings/list';
import { listFindingsSchema } from '@/lib/findings/model';
import { speed } from '@/lib/findings/speed';

export const metadata: Metadata = { title: 'Findings' };

export default async function FindingsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const params = { order: 'urgency', ...(await searchParams) };
  const asked = ifAsked(listFindingsSchema, params, (query) => list(ctx, query));
  const [initial, counts, detected] = await Promise.all([ifThere(asked), count(ctx), speed(ctx)]);
  return <FindingList initial={initial} counts={counts} detected={detected.all} create={createFinding} />;
}
