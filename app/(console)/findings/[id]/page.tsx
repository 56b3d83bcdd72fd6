import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import {
  acknowledgeFinding,
  closeFinding,
  noteFinding,
  reopenFinding,
  suppressFinding,
} from '@/app/(console)/findings/actions';
import { startPlaybook } from '@/app/(console)/playbooks/actions';
import { answers } from '@/app/(console)/responses/bundle';
import { actions as revocations } from '@/app/(console)/revocations/bundle';
import { FindingPage } from '@/components/findings/finding-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { show } from '@/lib/findings/show';
import { toBraidError } from '@/lib/platform/errors';

const actions = {
  acknowledge: acknowledgeFinding,
  close: closeFinding,
  suppress: suppressFinding,
  reopen: reopenFinding,
  note: noteFinding,
};

const respond = { revocations, answers, startPlaybook };

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
  return { title: (await found((await params).id)).title };
}

export default async function FindingDetailPage({ params }: Props) {
  const ctx = await currentOperator();
  const finding = await found((await params).id);
  return (
    <>
      <Crumb parts={[{ label: finding.title }]} />
      <FindingPage initial={finding} actions={actions} respond={respond} operator={ctx.actor.name} />
    </>
  );
}
