import type { Metadata } from 'next';
import { ifThere } from '@/app/(console)/if-there';
import { actions } from '@/app/(console)/revocations/bundle';
import { SessionList } from '@/components/sessions/session-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/sessions/list';
import { sessionListQuerySchema } from '@/lib/sessions/model';

export const metadata: Metadata = { title: 'Sessions' };

export default async function SessionsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const query = sessionListQuerySchema.catch(sessionListQuerySchema.parse({})).parse(await searchParams);
  return <SessionList initial={await ifThere(list(ctx, query))} actions={actions} />;
}
