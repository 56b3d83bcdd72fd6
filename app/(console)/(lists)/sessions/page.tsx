import type { Metadata } from 'next';
import { ifAsked, ifThere } from '@/app/(console)/if-there';
import { actions } from '@/app/(console)/revocations/bundle';
import { SessionList } from '@/components/sessions/session-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/sessions/list';
import { sessionListQuerySchema } from '@/lib/sessions/model';

export const metadata: Metadata = { title: 'Sessions' };

export default async function SessionsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const asked = ifAsked(sessionListQuerySchema, await searchParams, (query) => list(ctx, query));
  return <SessionList initial={await ifThere(asked)} actions={actions} />;
}
