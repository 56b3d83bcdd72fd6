import type { Metadata } from 'next';
import { PolicySetList } from '@/components/policies/policy-set-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/policies/list';

export const metadata: Metadata = { title: 'Policies' };

export default async function PoliciesPage() {
  return <PolicySetList initial={await list(await currentOperator())} />;
}
