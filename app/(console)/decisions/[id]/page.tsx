import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { DecisionView } from '@/components/decisions/decision-view';
import { currentOperator } from '@/lib/access/operator';
import { show } from '@/lib/decisions/show';
import { showAskedAgain } from '@/lib/decisions/show-asked-again';
import { toBraidError } from '@/lib/platform/errors';

export const metadata: Metadata = { title: 'Decision' };

export default async function DecisionPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await currentOperator();
  const { id } = await params;
  const detail = await show(ctx, { id }).catch((error: unknown) => {
    if (['not_found', 'input.invalid'].includes(toBraidError(error).code)) notFound();
    throw error;
  });
  const { latest } = await showAskedAgain(ctx, { decisionId: detail.decision.id });
  return <DecisionView detail={detail} asked={latest} />;
}
