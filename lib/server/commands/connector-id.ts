import type { Ctx } from '@/lib/access/model';
import { list } from '@/lib/connectors/list';
import { BraidError } from '@/lib/platform/errors';

/** A connector by id, or by exact name where that is unambiguous. Throws `not_found`. */
export async function connectorId(ctx: Ctx, given: string): Promise<string> {
  const { items } = await list(ctx);
  const found = items.filter((item) => item.id === given || item.name === given);
  if (found.length === 1) return found[0]!.id;
  throw new BraidError(
    'not_found',
    found.length
      ? `${found.length} connectors are named ${given}: use the id.`
      : `No connector is named ${given}: "braid connector list" names them.`,
  );
}
