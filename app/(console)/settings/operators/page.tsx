import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { createOperator, updateOperator } from '@/app/(console)/settings/actions';
import { OperatorList } from '@/components/settings/operator-list';
import { listOperators } from '@/lib/access/list-operators';
import { may } from '@/lib/access/model';
import { currentOperator } from '@/lib/access/operator';
import { listQuerySchema } from '@/lib/http/model';

export const metadata: Metadata = { title: 'Operators' };

export default async function OperatorsPage() {
  const ctx = await currentOperator();
  if (!may(ctx.actor, 'operator.manage')) notFound();
  const initial = await listOperators(ctx, listQuerySchema.parse({}));
  return <OperatorList initial={initial} self={ctx.actor.id} create={createOperator} update={updateOperator} />;
}
