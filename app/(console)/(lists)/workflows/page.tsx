import type { Metadata } from 'next';
import { actions } from '@/app/(console)/workflows/bundle';
import { WorkflowList } from '@/components/workflows/workflow-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/workflows/list';
import { workflowListQuerySchema } from '@/lib/workflows/model';

export const metadata: Metadata = { title: 'Workflows' };

export default async function WorkflowsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = workflowListQuerySchema.catch(workflowListQuerySchema.parse({})).parse(await searchParams);
  return <WorkflowList initial={await list(ctx, query)} actions={actions} />;
}
