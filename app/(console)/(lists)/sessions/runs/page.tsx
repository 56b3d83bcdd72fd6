import type { Metadata } from 'next';
import { ifAsked } from '@/app/(console)/if-there';
import { RunList } from '@/components/runs/run-list';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { listRuns } from '@/lib/sessions/list-runs';
import { runListQuerySchema } from '@/lib/sessions/run-model';

export const metadata: Metadata = { title: 'Runs' };

export default async function RunsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const initial = await ifAsked(runListQuerySchema, await searchParams, (query) => listRuns(ctx, query));
  return (
    <>
      <Crumb parts={[{ label: 'Runs' }]} />
      <RunList initial={initial} />
    </>
  );
}
