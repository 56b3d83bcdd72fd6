import type { Metadata } from 'next';
import { setAbandonRule } from '@/app/(console)/settings/sessions/actions';
import { AbandonPage } from '@/components/sessions/abandon-page';
import { currentOperator } from '@/lib/access/operator';
import { showAbandoned } from '@/lib/sessions/show-abandoned';

export const metadata: Metadata = { title: 'Abandoned sessions' };

export default async function SessionSettings() {
  const ctx = await currentOperator();
  return <AbandonPage initial={await showAbandoned(ctx)} set={setAbandonRule} />;
}
