import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { Detail } from '@/app/(console)/policies/[name]/detail';
import { LoadingPage } from '@/components/ui/loading';
import { currentOperator } from '@/lib/access/operator';
import { toBraidError } from '@/lib/platform/errors';
import { show } from '@/lib/policies/show';

interface PolicySetPageProps {
  params: Promise<{ name: string }>;
  searchParams: Promise<{ version?: string; against?: string }>;
}

export async function generateMetadata({ params }: PolicySetPageProps): Promise<Metadata> {
  return { title: `Policy set ${(await params).name}` };
}

const versionOf = (text: string | undefined): number | undefined =>
  text && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;

export default async function PolicySetPage({ params, searchParams }: PolicySetPageProps) {
  const ctx = await currentOperator();
  const { name } = await params;
  const query = await searchParams;
  const against = versionOf(query.against);
  const missing = (error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  };
  const detail = await show(ctx, { name, version: versionOf(query.version) }).catch(missing);
  const other = against ? await show(ctx, { name, version: against }).catch(missing) : null;
  return (
    <Suspense fallback={<LoadingPage />}>
      <Detail detail={detail} against={other && against ? { version: against, source: other.source } : null} />
    </Suspense>
  );
}
