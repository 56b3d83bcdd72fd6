import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { actions } from '@/app/(console)/identities/bundle';
import { actions as revocations } from '@/app/(console)/revocations/bundle';
import { IdentityPage } from '@/components/identities/identity-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { list as listDecisions } from '@/lib/decisions/list';
import { identityIdSchema } from '@/lib/identities/model';
import { show } from '@/lib/identities/show';
import { standing } from '@/lib/identities/standing';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { concurrencyQuerySchema } from '@/lib/sessions/model';
import { showConcurrency } from '@/lib/sessions/show-concurrency';

export const metadata: Metadata = { title: 'Identity' };

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string>>;
}

export default async function IdentityDetailPage({ params, searchParams }: Props) {
  const ctx = await currentOperator();
  const named = identityIdSchema.safeParse(await params);
  if (!named.success) notFound();
  const { id } = named.data;
  const { range, from, to } = await searchParams;
  const asked = concurrencyQuerySchema.safeParse({ identityId: id, ...(from && to ? { from, to } : { range }) });
  const at = clock.now().toISOString();
  const found = await Promise.all([
    show(ctx, { id }),
    standing(ctx, { id }),
    showConcurrency(ctx, asked.success ? asked.data : { identityId: id }),
    listDecisions(ctx, { identityId: id, limit: 20 }),
  ]).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  });
  const [identity, now, concurrency, decisions] = found;
  const continued = identityIdSchema.safeParse({ id: identity.attributes.continuedAs });
  if (continued.success) redirect(`/identities/${continued.data.id}`);
  const initial = { identity, standing: now, concurrency, decisions };
  return (
    <>
      <Crumb parts={[{ label: identity.name, mono: true }]} />
      <IdentityPage key={id} initial={initial} at={at} revocations={revocations} actions={actions} />
    </>
  );
}
