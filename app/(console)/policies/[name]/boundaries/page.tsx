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
  await show(ctx, { name }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  });
  return <BoundaryPage name={name} />;
}
