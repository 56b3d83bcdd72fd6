import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { GuidePage } from '@/components/guides/guide-page';
import { currentOperator } from '@/lib/access/operator';
import { show } from '@/lib/guides/show';
import { toBraidError } from '@/lib/platform/errors';

interface Props {
  params: Promise<{ path: string[] }>;
}

const found = cache(async (path: string) =>
  show(await currentOperator(), { path: path.split('/') }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  }),
);

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: (await found((await params).path.join('/'))).title };
}

export default async function Page({ params }: Props) {
  const { path } = await params;
  return <GuidePage guide={await found(path.join('/'))} here={path} />;
}
