import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { createToken, revokeToken, setEnforcementPoint } from '@/app/(console)/settings/actions';
import { TokenList } from '@/components/settings/token-list';
import { listTokens } from '@/lib/access/list-tokens';
import { may } from '@/lib/access/model';
import { currentOperator } from '@/lib/access/operator';
import { listQuerySchema } from '@/lib/http/model';
import { env } from '@/lib/platform/env';

export const metadata: Metadata = { title: 'API tokens' };

export default async function TokensPage() {
  const ctx = await currentOperator();
  if (!may(ctx.actor, 'token.manage')) notFound();
  const initial = await listTokens(ctx, listQuerySchema.parse({}));
  const { BRAID_URL, BRAID_PDP_URL } = env();
  return (
    <TokenList
      initial={initial}
      urls={{ api: BRAID_URL, pdp: BRAID_PDP_URL }}
      create={createToken}
      revoke={revokeToken}
      setPoint={setEnforcementPoint}
    />
  );
}
