import type { Metadata } from 'next';
import { answers } from '@/app/(console)/responses/bundle';
import { OpenResponses } from '@/components/responses/open-responses';
import { RevocationList } from '@/components/revocations/revocation-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/revocations/list';
import { listInputSchema } from '@/lib/revocations/model';
import { summary } from '@/lib/revocations/summary';

export const metadata: Metadata = { title: 'Revocations' };

export default async function RevocationsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = listInputSchema.catch(listInputSchema.parse({})).parse(await searchParams);
  const [initial, counts] = await Promise.all([list(ctx, query), summary(ctx)]);
  return <RevocationList initial={initial} summary={counts} waiting={<OpenResponses actions={answers} />} />;
}
