import type { Metadata } from 'next';
import { createFinding } from '@/app/(console)/findings/actions';
import { ifThere } from '@/app/(console)/if-there';
import { FindingList } from '@/components/findings/finding-list';
import { currentOperator } from '@/lib/access/operator';
import { count } from '@/lib/findings/count';
import { list } from '@/lib/findings/list';
import { listFindingsSchema } from '@/lib/findings/model';
import { speed } from '@/lib/findings/speed';

export const metadata: Metadata = { title: 'Findings' };

export default async function FindingsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = listFindingsSchema.catch(listFindingsSchema.parse({ order: 'urgency' })).parse({
    order: 'urgency',
    ...(await searchParams),
  });
  const [initial, counts, detected] = await Promise.all([ifThere(list(ctx, query)), count(ctx), speed(ctx)]);
  return <FindingList initial={initial} counts={counts} detected={detected.all} create={createFinding} />;
}
