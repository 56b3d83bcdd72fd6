import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { cache, Suspense } from 'react';
import { actions } from '@/app/(console)/identities/bundle';
import { actions as policies } from '@/app/(console)/policies/bundle';
import { actions as revocations } from '@/app/(console)/revocations/bundle';
import { IdentityPage } from '@/components/identities/identity-page';
import { Crumb } from '@/components/shell/crumbs';
import { LoadingPage } from '@/components/ui/loading';
import { currentOperator } from '@/lib/access/operator';
import { list as listDecisions } from '@/lib/decisions/list';
import { identityIdSchema } from '@/lib/identities/model';
import { show } from '@/lib/identities/show';
import { standing } from '@/lib/identities/standing';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { exemptionsOf } from '@/lib/policies/exemptions-of';
import { concurrencyQuerySchema } from '@/lib/sessions/model';
import { showConcurrency } from '@/lib/sessions/show-concurrency';

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string>>;
}

const found = cache(async (id: string) =>
  show(await currentOperator(), { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  }),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const named = identityIdSchema.safeParse(await params);
  return { title: named.success ? (await found(named.data.id)).name : 'Identity' };
}

/** That there is such an identity is known before anything is sent, so that one that is not answers 404. */
export default async function IdentityDetailPage({ params, searchParams }: Props) {
  const named = identityIdSchema.safeParse(await params);
  if (!named.success) notFound();
  const identity = await found(named.data.id);
  const continued = identityIdSchema.safeParse({ id: identity.attributes.continuedAs });
  if (continued.success) redirect(`/identities/${continued.data.id}`);
  return (
    <Suspense fallback={<LoadingPage />}>
      <Detail id={named.data.id} query={await searchParams} />
    </Suspense>
  );
}

async function Detail({ id, query: { range, from, to } }: { id: string; query: Record<string, string> }) {
  const ctx = await currentOperator();
  const identity = await found(id);
  const asked = concurrencyQuerySchema.safeParse({ identityId: id, ...(from && to ? { from, to } : { range }) });
  const [now, concurrency, decisions, exemptions] = await Promise.all([
    standing(ctx, { id }),
    showConcurrency(ctx, asked.success ? asked.data : { identityId: id }),
    listDecisions(ctx, { identityId: id, limit: 20 }),
    exemptionsOf(ctx, { identityId: id }).then((of) => ({ ...of, actions: policies })),
  ]);
  const initial = { identity, standing: now, concurrency, decisions };
  return (
    <>
      <Crumb parts={[{ label: identity.name, mono: true }]} />
      <IdentityPage key={id} {...{ initial, revocations, actions, exemptions }} at={clock.now().toISOString()} />
    </>
  );
}
