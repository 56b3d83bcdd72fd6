import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { pathActions } from '@/app/(console)/decisions/bundle';
import { NoPath } from '@/components/decisions/no-path';
import { PathView } from '@/components/decisions/path-view';
import { LoadingPage } from '@/components/ui/loading';
import { currentOperator } from '@/lib/access/operator';
import type { DecisionDetail } from '@/lib/decisions/model';
import { path } from '@/lib/decisions/path';
import { pathAddressSchema } from '@/lib/decisions/path-model';
import { show } from '@/lib/decisions/show';
import { toBraidError } from '@/lib/platform/errors';

export const metadata: Metadata = { title: 'Path' };

interface PathPageProps {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[]>>;
}

const absent = (error: unknown) => {
  if (['not_found', 'input.invalid'].includes(toBraidError(error).code)) return null;
  throw error;
};

export default async function PathPage({ params, searchParams }: PathPageProps) {
  const ctx = await currentOperator();
  const { id } = await params;
  const { exposure, before } = pathAddressSchema.parse(await searchParams);
  const detail = (await show(ctx, { id }).catch(absent)) ?? notFound();
  return (
    <Suspense fallback={<LoadingPage />}>
      <Found detail={detail} exposure={exposure} before={before} />
    </Suspense>
  );
}

async function Found({ detail, exposure, before }: { detail: DecisionDetail; exposure?: string; before?: string }) {
  const ctx = await currentOperator();
  const found = await path(ctx, { decisionId: detail.decision.id, exposureId: exposure, before }).catch(absent);
  if (!found) return <NoPath detail={detail} />;
  return <PathView initial={found} detail={detail} before={before ?? null} actions={pathActions} />;
}
