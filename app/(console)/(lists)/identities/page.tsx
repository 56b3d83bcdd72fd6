import type { Metadata } from 'next';
import { ifAsked } from '@/app/(console)/if-there';
import { actions } from '@/app/(console)/revocations/bundle';
import { IdentityList } from '@/components/identities/identity-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/identities/list';
import { identityListQuerySchema } from '@/lib/identities/model';

export const metadata: Metadata = { title: 'Identities' };

export default async function IdentitiesPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const initial = await ifAsked(identityListQuerySchema, await searchParams, (query) => list(ctx, query));
  return <IdentityList initial={initial} actions={actions} />;
}
