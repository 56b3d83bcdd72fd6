import type { Metadata } from 'next';
import { FrictionPage } from '@/components/decisions/friction-page';
import { Crumb } from '@/components/shell/crumbs';
import { currentOperator } from '@/lib/access/operator';
import { frictionQuerySchema } from '@/lib/decisions/friction-model';
import { showFriction } from '@/lib/decisions/show-friction';

export const metadata: Metadata = { title: 'What control costs' };

interface Props {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function Page({ searchParams }: Props) {
  const ctx = await currentOperator();
  const query = frictionQuerySchema.safeParse({ days: (await searchParams).days ?? 7 });
  const days = query.success ? query.data.days : 7;
  return (
    <>
      <Crumb parts={[{ label: 'What control costs' }]} />
      <FrictionPage days={days} friction={await showFriction(ctx, { days })} />
    </>
  );
}
