import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { answerGrant, endGrant } from '@/app/(console)/settings/grants/actions';
import { GrantPage } from '@/components/grants/grant-page';
import { listActs } from '@/lib/access/grants/list-acts';
import { show } from '@/lib/access/grants/show';
import { currentOperator } from '@/lib/access/operator';
import { toBraidError } from '@/lib/platform/errors';

interface Props {
  params: Promise<{ id: string }>;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const found = cache(async (id: string) => {
  if (!UUID.test(id)) notFound();
  return show(await currentOperator(), { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  });
});

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const row = await found((await params).id);
  return { title: `${row.operatorName} as ${row.role ?? row.askedRole}` };
}

export default async function OneGrantPage({ params }: Props) {
  const grant = await found((await params).id);
  const acts = await listActs(await currentOperator(), { id: grant.id });
  return <GrantPage initial={grant} acts={acts} answer={answerGrant} end={endGrant} />;
}
