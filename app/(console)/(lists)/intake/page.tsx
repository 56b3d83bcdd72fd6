import type { Metadata } from 'next';
import { IntakePage } from '@/components/intake/intake-page';
import { currentOperator } from '@/lib/access/operator';
import { list as listConnectors } from '@/lib/connectors/list';
import { batchListQuerySchema } from '@/lib/sessions/inbox-model';
import { listBatches } from '@/lib/sessions/list-batches';
import { listImports } from '@/lib/sessions/list-imports';
import { showInbox } from '@/lib/sessions/show-inbox';

export const metadata: Metadata = { title: 'Intake' };

export default async function Intake({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = batchListQuerySchema.catch(batchListQuerySchema.parse({})).parse(await searchParams);
  const [inbox, connectors, batches, imports] = await Promise.all([
    showInbox(ctx),
    listConnectors(ctx),
    listBatches(ctx, query),
    listImports(ctx, {}),
  ]);
  return <IntakePage inbox={inbox} connectors={connectors} batches={batches} imports={imports} />;
}
