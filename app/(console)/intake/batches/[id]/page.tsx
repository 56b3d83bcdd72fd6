import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { BatchPage } from '@/components/intake/batch-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { batchIdSchema } from '@/lib/sessions/inbox-model';
import { showBatch } from '@/lib/sessions/show-batch';

export const metadata: Metadata = { title: 'Batch' };

export default async function Batch({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await currentOperator();
  const asked = batchIdSchema.safeParse(await params);
  const batch = asked.success ? await showBatch(ctx, asked.data).catch(() => null) : null;
  if (!batch) notFound();
  return (
    <>
      <Crumb parts={[{ label: 'Batch' }]} />
      <BatchPage initial={batch} />
    </>
  );
}
