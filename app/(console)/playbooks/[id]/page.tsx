import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { revokeConsent } from '@/app/(console)/consents/actions';
import {
  containPlaybook,
  finishStep,
  linkToPlaybook,
  reopenStep,
  unlinkFromPlaybook,
  waiveStep,
} from '@/app/(console)/playbooks/actions';
import { actions as revocations } from '@/app/(console)/revocations/bundle';
import { PlaybookPage } from '@/components/playbooks/playbook-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { toBraidError } from '@/lib/platform/errors';
import { refSchema } from '@/lib/playbooks/model';
import { show } from '@/lib/playbooks/show';

export const metadata: Metadata = { title: 'Playbook' };

const actions = {
  finish: finishStep,
  waive: waiveStep,
  reopen: reopenStep,
  contain: containPlaybook,
  link: linkToPlaybook,
  unlink: unlinkFromPlaybook,
  takeBack: revokeConsent,
};

export default async function PlaybookDetailPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await currentOperator();
  const ref = refSchema.safeParse(await params);
  if (!ref.success) notFound();
  const initial = await show(ctx, ref.data).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  });
  return (
    <>
      <Crumb parts={[{ label: initial.identityName, mono: true }]} />
      <PlaybookPage initial={initial} actions={actions} revocations={revocations} />
    </>
  );
}
