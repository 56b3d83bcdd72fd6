import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import { percentOf } from '@/lib/exposures/format';
import { identitiesOf, pageOfWarned } from '@/lib/exposures/near/store';
import { type NearQuery, type NearRow, nearQuerySchema } from '@/lib/exposures/near-model';
import { viewsOf } from '@/lib/exposures/store';
import type { Page } from '@/lib/http/model';
import { BraidError } from '@/lib/platform/errors';

/** The first level a limit warns at unless its policy says otherwise; percent. */
const FIRST = 80;

function decode(cursor: string): { level: number; id: string } {
  const [level, id] = cursor.split(' ');
  if (!/^\d{1,3}$/.test(level ?? '') || !/^[0-9a-f-]{36}$/.test(id ?? ''))
    throw new BraidError('input.invalid', 'This is not a cursor of this list.');
  return { level: Number(level), id: id! };
}

/**
 * Exposures that stand at a warning level of their limit (80 and 90 % unless a policy says otherwise), the highest level
 * first. A page can hold fewer than `limit`: what has left its window since the last decision is left out.
 * Errors: `input.invalid`.
 */
export async function listNear(ctx: Ctx, query: NearQuery): Promise<Page<NearRow>> {
  authorise(ctx, 'console.read');
  const { cursor, limit, set, level } = nearQuerySchema.parse(query);
  const after = cursor ? decode(cursor) : null;
  const found = await pageOfWarned({ set: set ?? null, level: level ?? null, after, limit: limit + 1 });
  const shown = found.slice(0, limit);
  const ids = shown.map((one) => one.id);
  const [views, identities] = await Promise.all([viewsOf(ids), identitiesOf(ids)]);
  const items = shown.flatMap(({ id, since }): NearRow[] => {
    const view = views.find((one) => one.id === id);
    if (!view || view.limit === null || view.available === null) return [];
    const { revision: _, warned, ...rest } = view;
    const stands = percentOf(BigInt(view.settled) + BigInt(view.held), view.limit);
    // What has left since may have taken it below the level it was noted at, and not below the first.
    const now = warned ?? (stands >= FIRST ? FIRST : null);
    if (now === null || now < (level ?? 0)) return [];
    return [
      {
        ...rest,
        limit: view.limit,
        available: view.available,
        level: now,
        since: since?.toISOString() ?? null,
        identities: identities.get(id) ?? [],
      },
    ];
  });
  const last = shown.at(-1);
  return { items, nextCursor: found.length > limit && last ? `${last.level} ${last.id}` : null };
}
