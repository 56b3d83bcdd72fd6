import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { approveRequest, denyRequest, withdrawApproval } from '@/app/(console)/approvals/actions';
import { RequestView } from '@/components/approvals/request-view';
import { currentOperator } from '@/lib/access/operator';
import { askedText } from '@/lib/approvals/format';
import { show } from '@/lib/approvals/show';
import { toBraidError } from '@/lib/platform/errors';

interface Props {
  params: Promise<{ id: string }>;
}

const found = cache(async (id: string) =>
  show(await currentOperator(), { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  }),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: askedText((await found((await params).id)).request) };
}

export default async function ApprovalPage({ params }: Props) {
  const initial = await found((await params).id);
  const actions = { approve: approveRequest, deny: denyRequest, withdraw: withdrawApproval };
  return <RequestView initial={initial} actions={actions} />;
}
