import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { Suspense } from 'react';
import { actions } from '@/app/(console)/policies/bundle';
import { nearest } from '@/components/policies/nearest';
import { PolicySetView } from '@/components/policies/policy-set-view';
import { LoadingPage } from '@/components/ui/loading';
import { may } from '@/lib/access/model';
import { currentOperator } from '@/lib/access/operator';
import { show as showExposures } from '@/lib/exposures/show';
import { toBraidError } from '@/lib/platform/errors';
import { type PolicySetDetail, show } from '@/lib/policies/show';
import { surroundings } from '@/lib/policies/surroundings';

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

interface DetailProps {
  detail: PolicySetDetail;
  against: { version: number; source: string } | null;
}

async function Detail({ detail, against }: DetailProps) {
  const ctx = await currentOperator();
  const { name } = detail.set;
  const limited = [...new Set(detail.document?.rules.flatMap((rule) => ('limit' in rule ? [rule.limit.meter] : [])))];
  const [around, standing] = await Promise.all([
    surroundings(ctx, detail),
    Promise.all(limited.map(async (meter) => nearest(meter, (await showExposures(ctx, { set: name, meter })).items))),
  ]);
  return (
    <PolicySetView
      {...detail}
      {...around}
      against={against}
      standing={standing}
      manages={may(ctx.actor, 'policy.manage')}
      actions={actions}
    />
  );
}
