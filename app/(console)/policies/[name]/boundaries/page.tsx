import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { BoundaryPage } from '@/components/boundaries/boundary-page';
import { currentOperator } from '@/lib/access/operator';
import { toBraidError } from '@/lib/platform/errors';
import { show } from '@/lib/policies/show';

interface BoundariesPageProps {
  params: Promise<{ name: string }>;
}

export async function generateMetadata({ params }: BoundariesPageProps): Promise<Metadata> {
  return { title: `Split boundaries of ${(await params).name}` };
}

export default async function BoundariesPage({ params }: BoundariesPageProps) {
  const ctx = await currentOperator();
  const { name } = await params;
  const { set, document } = await show(ctx, { name }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  });
  const rules = document?.rules.flatMap((rule) => ('limit' in rule ? rule.id : [])) ?? [];
  return <BoundaryPage name={name} version={set.version} rules={rules} />;
}
