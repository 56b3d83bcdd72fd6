import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import {
  annotateIdentity,
  linkIdentityAlias,
  noteIdentity,
  unlinkIdentityAlias,
} from '@/app/(console)/identities/actions';
import { actions as revocations } from '@/app/(console)/revocations/bundle';
import { IdentityPage } from '@/components/identities/identity-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { list as listDecisions } from '@/lib/decisions/list';
import { show } from '@/lib/identities/show';
import { standing } from '@/lib/identities/standing';
import { clock } from '@/lib/platform/clock';
import { toBraidError } from '@/lib/platform/errors';
import { concurrencyQuerySchema } from '@/lib/sessions/model';
import { showConcurrency } from '@/lib/sessions/show-concurrency';

export const metadata: Metadata = { title: 'Identity' };

const actions = {
  annotate: annotateIdentity,
  link: linkIdentityAlias,
  unlink: unlinkIdentityAlias,
  note: noteIdentity,
};

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string>>;
}

export default async function IdentityDetailPage({ params, searchParams }: Props) {
  const ctx = await currentOperator();
  const { id } = await params;
  const { range, from, to } = await searchParams;
  const identity = await show(ctx, { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found' || (error as Error).name === 'ZodError') return null;
    throw error;
  });
  if (!identity) notFound();
  const at = clock.now().toISOString();
  const asked = concurrencyQuerySchema.safeParse({ identityId: id, ...(from && to ? { from, to } : { range }) });
  const [now, concurrency, decisions] = await Promise.all([
    standing(ctx, { id }),
    showConcurrency(ctx, asked.success ? asked.data : { identityId: id }),
    listDecisions(ctx, { identityId: id, limit: 20 }),
  ]);
  return (
    <>
      <Crumb parts={[{ label: identity.name, mono: true }]} />
      <IdentityPage
        key={id}
        initial={{ identity, standing: now, concurrency, decisions }}
        at={at}
        revocations={revocations}
        actions={actions}
      />
    </>
  );
}
