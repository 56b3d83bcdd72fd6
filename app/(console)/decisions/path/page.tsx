import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { pathActions } from '@/app/(console)/decisions/bundle';
import { PathView } from '@/components/decisions/path-view';
import { currentOperator } from '@/lib/access/operator';
import { path } from '@/lib/decisions/path';
import { pathAddressSchema } from '@/lib/decisions/path-model';
import { toBraidError } from '@/lib/platform/errors';

export const metadata: Metadata = { title: 'Path of an exposure' };

/** The path of an exposure as it stands now, whichever decision came last. */
export default async function ExposurePathPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[]>>;
}) {
  const ctx = await currentOperator();
  const { exposure, before } = pathAddressSchema.parse(await searchParams);
  if (!exposure) notFound();
  const found = await path(ctx, { exposureId: exposure, before }).catch((error: unknown) => {
    if (['not_found', 'input.invalid'].includes(toBraidError(error).code)) notFound();
    throw error;
  });
  return <PathView initial={found} detail={null} before={before ?? null} actions={pathActions} />;
}
