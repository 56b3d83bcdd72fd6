import type { Metadata } from 'next';
import { DefinitionsPage } from '@/components/definitions/definitions-page';
import { currentOperator } from '@/lib/access/operator';

export const metadata: Metadata = { title: 'Definitions' };

export default async function Page() {
  await currentOperator();
  return <DefinitionsPage />;
}
