import type { Metadata } from 'next';
import { askGrant } from '@/app/(console)/settings/grants/actions';
import { GrantList } from '@/components/grants/grant-list';
import { list } from '@/lib/access/grants/list';
import { listGrantsSchema } from '@/lib/access/grants/model';
import { currentOperator } from '@/lib/access/operator';

export const metadata: Metadata = { title: 'Roles for a time' };

export default async function GrantsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const { q, state } = await searchParams;
  const query = listGrantsSchema.catch(listGrantsSchema.parse({})).parse({ q, state });
  return <GrantList initial={await list(ctx, query)} ask={askGrant} />;
}
