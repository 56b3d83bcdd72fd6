import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { actions } from '@/app/(console)/revocations/bundle';
import { SessionPage } from '@/components/sessions/session-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { list as listDecisions } from '@/lib/decisions/list';
import { toBraidError } from '@/lib/platform/errors';
import { listEvents } from '@/lib/sessions/list-events';
import { show } from '@/lib/sessions/show';

export const metadata: Metadata = { title: 'Session' };

export default async function SessionDetailPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await currentOperator();
  const { id } = await params;
  const session = await show(ctx, { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found' || (error as Error).name === 'ZodError') return null;
    throw error;
  });
  if (!session) notFound();
  const [events, decisions] = await Promise.all([
    listEvents(ctx, { sessionId: id }),
    listDecisions(ctx, { sessionId: id }),
  ]);
  return (
    <>
      <Crumb parts={[{ label: session.label }]} />
      <SessionPage initial={session} events={events} decisions={decisions} actions={actions} />
    </>
  );
}
