import type { Metadata } from 'next';
import { actions } from '@/app/(console)/policies/bundle';
import { PolicySetList } from '@/components/policies/policy-set-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/policies/list';
import { listDrafts } from '@/lib/policies/list-drafts';
import { listExemptions } from '@/lib/policies/list-exemptions';

export const metadata: Metadata = { title: 'Policies' };

export default async function PoliciesPage() {
  const ctx = await currentOperator();
  const [initial, drafts, exemptions] = await Promise.all([list(ctx), listDrafts(ctx), listExemptions(ctx, {})]);
  return <PolicySetList initial={initial} drafts={drafts} exemptions={exemptions} end={actions.endExemption} />;
}
