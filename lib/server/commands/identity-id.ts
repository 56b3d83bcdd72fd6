import type { Ctx } from '@/lib/access/model';
import { list as listIdentities } from '@/lib/identities/list';
import { BraidError } from '@/lib/platform/errors';

/** An identity by id, or by exact name where that is unambiguous. */
export async function identityId(ctx: Ctx, given: string): Promise<string> {
  if (/^[0-9a-f-]{36}$/.test(given)) return given;
  const { items } = await listIdentities(ctx, { q: given, limit: 200 });
  const exact = items.filter((item) => item.name === given);
  if (exact.length === 1) return exact[0]!.id;
  throw new BraidError(
    'not_found',
    exact.length
      ? `${exact.length} identities are named ${given}: use the id.`
      : `No identity is named ${given}: "braid identity list" names them.`,
  );
}
