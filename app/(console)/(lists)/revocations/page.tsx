import type { Metadata } from 'next';
import { ifAsked } from '@/app/(console)/if-there';
import { answers } from '@/app/(console)/responses/bundle';
import { setRevocationTarget } from '@/app/(console)/revocations/actions';
import { OpenResponses } from '@/components/responses/open-responses';
import { RevocationList } from '@/components/revocations/revocation-list';
import { currentOperator } from '@/lib/access/operator';
import { list } from '@/lib/revocations/list';
import { listInputSchema } from '@/lib/revocations/model';
import { summary } from '@/lib/revocations/summary';
import { times } from '@/lib/revocations/times';

export const metadata: Metadata = { title: 'Revocations' };

export default async function RevocationsPage({ searchParams }: { searchParams: Promise<Record<string, string>> }) {
  const ctx = await currentOperator();
  const asked = ifAsked(listInputSchema, await searchParams, (query) => list(ctx, query));
  const [initial, counts, measured] = await Promise.all([asked, summary(ctx), times(ctx)]);
  return (
    <RevocationList
      initial={initial}
      summary={counts}
      waiting={<OpenResponses actions={answers} />}
      times={measured}
      setTarget={setRevocationTarget}
    />
  );
}
