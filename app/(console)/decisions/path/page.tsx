import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { actions } from '@/app/(console)/revocations/bundle';
import { PathView } from '@/components/decisions/path-view';
import { currentOperator } from '@/lib/access/operator';
import { path } from '@/lib/decisions/path';
import { toBraidError } from '@/lib/platform/errors';

export const metadata: Metadata = { title: 'Path of an exposure' };

/** The path of an exposure as it stands now, whichever decision came last. */
export default async function ExposurePathPage({ searchParams }: { searchParams: Promise<{ exposure?: string }> }) {
  const ctx = await currentOperator();
  const { exposure } = await searchParams;
  if (!exposure) notFound();
  const found = await path(ctx, { exposureId: exposure }).catch((error: unknown) => {
    if (['not_found', 'input.invalid'].includes(toBraidError(error).code)) notFound();
    throw error;
  });
  return <PathView path={found} detail={null} actions={actions} />;
}
