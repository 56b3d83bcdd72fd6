import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Progress, progressQuerySchema } from '@/lib/revocations/bulk-model';
import { standingOf } from '@/lib/revocations/many/store';
import type { RevocationState } from '@/lib/revocations/model';
import { identityNames } from '@/lib/revocations/store';

const ON_THE_WAY: readonly string[] = ['requested', 'accepted', 'effective'];

/** How far several revocations have come, those still on the way first. */
export async function progress(ctx: Ctx, query: z.output<typeof progressQuerySchema>): Promise<Progress> {
  authorise(ctx, 'console.read');
  const rows = await standingOf(query.ids);
  const names = new Map((await identityNames(rows.map((row) => row.identityId))).map((one) => [one.id, one.name]));
  const items = rows.map((row) => ({
    id: row.id,
    identityId: row.identityId,
    identityName: names.get(row.identityId) ?? 'an identity',
    state: row.state as RevocationState,
    verifiedMs: row.verifiedAt ? row.verifiedAt.getTime() - (row.endedAgainAt ?? row.requestedAt).getTime() : null,
  }));
  items.sort((a, b) => Number(ON_THE_WAY.includes(b.state)) - Number(ON_THE_WAY.includes(a.state)));
  return {
    items,
    total: items.length,
    settled: items.filter((one) => !ON_THE_WAY.includes(one.state)).length,
  };
}
