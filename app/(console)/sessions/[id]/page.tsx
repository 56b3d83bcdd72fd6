import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache, Suspense } from 'react';
import { actions } from '@/app/(console)/revocations/bundle';
import { completeTask } from '@/app/(console)/sessions/actions';
import { SessionPage } from '@/components/sessions/session-page';
import { Crumb } from '@/components/shell/crumbs';
import { LoadingPage } from '@/components/ui/loading';
import { currentOperator } from '@/lib/access/operator';
import { list as listDecisions } from '@/lib/decisions/list';
import { showAskedAgain } from '@/lib/decisions/show-asked-again';
import { toBraidError } from '@/lib/platform/errors';
import { listEvents } from '@/lib/sessions/list-events';
import { show } from '@/lib/sessions/show';

interface Props {
  params: Promise<{ id: string }>;
}

const found = cache(async (id: string) => {
  const ctx = await currentOperator();
  return show(ctx, { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found' || (error as Error).name === 'ZodError') notFound();
    throw error;
  });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await found((await params).id)).label };
}

/** That there is such a session is known before anything is sent, so that one that is not answers 404. */
export default async function SessionDetailPage({ params }: Props) {
  const { id } = await params;
  await found(id);
  return (
    <Suspense fallback={<LoadingPage />}>
      <Detail id={id} />
    </Suspense>
  );
}

async function Detail({ id }: { id: string }) {
  const ctx = await currentOperator();
  const session = await found(id);
  const [events, decisions, asked] = await Promise.all([
    listEvents(ctx, { sessionId: id }),
    listDecisions(ctx, { sessionId: id }),
    showAskedAgain(ctx, { sessionId: id }),
  ]);
  return (
    <>
      <Crumb parts={[{ label: session.label }]} />
      <SessionPage initial={session} {...{ events, decisions, asked, actions, completeTask }} />
    </>
  );
}
