import type { Metadata } from 'next';
import { notFound, redirect } from 'next/navigation';
import { Suspense } from 'react';
import { Detail } from '@/app/(console)/identities/[id]/detail';
import { found } from '@/app/(console)/identities/[id]/found';
import { LoadingPage } from '@/components/ui/loading';
import { identityIdSchema } from '@/lib/identities/model';

interface Props {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string>>;
}

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
