import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { revokeConsent } from '@/app/(console)/consents/actions';
import { actions } from '@/app/(console)/revocations/bundle';
import { RevocationView } from '@/components/revocations/revocation-view';
import { currentOperator } from '@/lib/access/operator';
import { refSchema } from '@/lib/revocations/model';
import { show } from '@/lib/revocations/show';

export const metadata: Metadata = { title: 'Revocation' };

export default async function RevocationPage({ params }: { params: Promise<{ id: string }> }) {
  const ctx = await currentOperator();
  const ref = refSchema.safeParse(await params);
  if (!ref.success) notFound();
  const initial = await show(ctx, ref.data).catch((error) =>
    error?.code === 'not_found' ? notFound() : Promise.reject(error),
  );
  return <RevocationView initial={initial} actions={actions} takeBack={revokeConsent} />;
}
