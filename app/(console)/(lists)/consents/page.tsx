import type { Metadata } from 'next';
import { revokeConsent } from '@/app/(console)/consents/actions';
import { ifAsked } from '@/app/(console)/if-there';
import { ConsentPage } from '@/components/consents/consent-page';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/consents/list';
import { consentListQuerySchema } from '@/lib/consents/model';

export const metadata: Metadata = { title: 'Consents' };

export default async function ConsentsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const initial = await ifAsked(consentListQuerySchema, await searchParams, (query) => list(ctx, query));
  return <ConsentPage initial={initial} revoke={revokeConsent} />;
}
