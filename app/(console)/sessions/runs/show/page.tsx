import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { actions } from '@/app/(console)/revocations/bundle';
import { RunPage } from '@/components/runs/run-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { toBraidError } from '@/lib/platform/errors';
import { listRunEvents } from '@/lib/sessions/list-run-events';
import { showRun } from '@/lib/sessions/show-run';

export const metadata: Metadata = { title: 'Run' };

const found = cache(async (run: string) => {
  const ctx = await currentOperator();
  return showRun(ctx, { run, limit: 1 }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found' || (error as Error).name === 'ZodError') notFound();
    throw error;
  });
});

/** A run's name is whatever its source calls it: it stands in the query, where every character may. */
export default async function RunDetailPage({ searchParams }: { searchParams: Promise<{ run?: string }> }) {
  const run = await found((await searchParams).run ?? '');
  const events = await listRunEvents(await currentOperator(), { run: run.run });
  return (
    <>
      <Crumb
        parts={[
          { label: 'Runs', href: '/sessions/runs' },
          { label: run.run, mono: true },
        ]}
      />
      <RunPage key={run.run} initial={run} events={events} actions={actions} />
    </>
  );
}
