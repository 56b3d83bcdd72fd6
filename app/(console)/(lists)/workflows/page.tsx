import type { Metadata } from 'next';
import { ifAsked } from '@/app/(console)/if-there';
import { actions } from '@/app/(console)/workflows/bundle';
import { WorkflowList } from '@/components/workflows/workflow-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/workflows/list';
import { workflowListQuerySchema } from '@/lib/workflows/model';

export const metadata: Metadata = { title: 'Workflows' };

export default async function WorkflowsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const initial = await ifAsked(workflowListQuerySchema, await searchParams, (query) => list(ctx, query));
  return <WorkflowList initial={initial} actions={actions} />;
}
