import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { MOST_AT_ONCE, type Progress, type progressQuerySchema } from '@/lib/revocations/bulk-model';
import { leftOutOf, standingOf } from '@/lib/revocations/many/store';
import type { RevocationState } from '@/lib/revocations/model';
import { identityNames } from '@/lib/revocations/store';

const ON_THE_WAY: readonly string[] = ['requested', 'accepted', 'effective'];

/** How far several revocations have come, those still on the way first. */
export async function progress(ctx: Ctx, query: z.output<typeof progressQuerySchema>): Promise<Progress> {
  authorise(ctx, 'console.read');
  const [rows, leftOut] = await Promise.all([
    standingOf(query, ON_THE_WAY, MOST_AT_ONCE),
    query.actionId ? leftOutOf(query.actionId) : undefined,
  ]);
  const names = new Map((await identityNames(rows.map((row) => row.identity_id))).map((one) => [one.id, one.name]));
  return {
    items: rows.map((row) => ({
      id: row.id,
      identityId: row.identity_id,
      identityName: names.get(row.identity_id) ?? 'an identity',
      state: row.state as RevocationState,
      verifiedMs: row.verified_at
        ? row.verified_at.getTime() - (row.ended_again_at ?? row.clicked_at ?? row.requested_at).getTime()
        : null,
    })),
    total: rows[0]?.total ?? 0,
    settled: rows[0]?.settled ?? 0,
    verified: rows[0]?.verified ?? 0,
    ...(leftOut ? { leftOut } : {}),
  };
}
