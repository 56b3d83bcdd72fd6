import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { ImportPage } from '@/components/intake/import-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { batchIdSchema } from '@/lib/sessions/inbox-model';
import { showImport } from '@/lib/sessions/show-import';

export const metadata: Metadata = { title: 'Import' };

export default async function Imported({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await currentOperator();
  const asked = batchIdSchema.safeParse(await params);
  const row = asked.success ? await showImport(ctx, asked.data).catch(() => null) : null;
  if (!row) notFound();
  return (
    <>
      <Crumb parts={[{ label: 'Import' }]} />
      <ImportPage initial={row} />
    </>
  );
}
