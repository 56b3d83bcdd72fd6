import type { Metadata } from 'next';
import { ifAsked } from '@/app/(console)/if-there';
import { PlaybookList } from '@/components/playbooks/playbook-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/playbooks/list';
import { listPlaybooksSchema } from '@/lib/playbooks/model';

export const metadata: Metadata = { title: 'Playbooks' };

export default async function PlaybooksPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const initial = await ifAsked(listPlaybooksSchema, await searchParams, (query) => list(ctx, query));
  return <PlaybookList initial={initial} />;
}
