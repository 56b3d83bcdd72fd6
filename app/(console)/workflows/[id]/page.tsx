import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { actions } from '@/app/(console)/workflows/bundle';
import { Crumb } from '@/components/shell/crumbs';
import { WorkflowPage } from '@/components/workflows/workflow-page';
import { currentOperator } from '@/lib/access/operator';
import { toBraidError } from '@/lib/platform/errors';
import { list as listSessions } from '@/lib/sessions/list';
import { workflowIdSchema } from '@/lib/workflows/model';
import { show } from '@/lib/workflows/show';

export const metadata: Metadata = { title: 'Workflow' };

export default async function WorkflowDetailPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await currentOperator();
  const named = workflowIdSchema.safeParse(await params);
  if (!named.success) notFound();
  const { id } = named.data;
  const initial = await show(ctx, { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  });
  return (
    <>
      <Crumb parts={[{ label: initial.name }]} />
      <WorkflowPage
        initial={initial}
        sessions={await listSessions(ctx, { workflowId: id, live: true })}
        actions={actions}
      />
    </>
  );
}
