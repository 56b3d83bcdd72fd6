import type { Metadata } from 'next';
import { RequestList } from '@/components/approvals/request-list';
import { currentOperator } from '@/lib/access/operator';
import { count } from '@/lib/approvals/count';
import { list } from '@/lib/approvals/list';
import { listRequestsSchema } from '@/lib/approvals/model';

export const metadata: Metadata = { title: 'Approvals' };

export default async function ApprovalsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = listRequestsSchema.catch(listRequestsSchema.parse({})).parse(await searchParams);
  const [initial, waiting] = await Promise.all([list(ctx, query), count(ctx)]);
  return <RequestList initial={initial} waiting={waiting} />;
}
