import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import {
  acknowledgeFinding,
  closeFinding,
  noteFinding,
  reopenFinding,
  suppressFinding,
} from '@/app/(console)/findings/actions';
import { FindingPage } from '@/components/findings/finding-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { show } from '@/lib/findings/show';
import { toBraidError } from '@/lib/platform/errors';

export const metadata: Metadata = { title: 'Finding' };

const actions = {
  acknowledge: acknowledgeFinding,
  close: closeFinding,
  suppress: suppressFinding,
  reopen: reopenFinding,
  note: noteFinding,
};

export default async function FindingDetailPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await currentOperator();
  const { id } = await params;
  const finding = await show(ctx, { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found' || (error as Error).name === 'ZodError') return null;
    throw error;
  });
  if (!finding) notFound();
  return (
    <>
      <Crumb parts={[{ label: finding.title }]} />
      <FindingPage initial={finding} actions={actions} operator={ctx.actor.name} />
    </>
  );
}
