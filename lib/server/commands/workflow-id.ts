import type { Ctx } from '@/lib/access/model';
import { BraidError } from '@/lib/platform/errors';
import { list as listWorkflows } from '@/lib/workflows/list';

/** A workflow by id, or by its name: names are given once. */
export async function workflowId(ctx: Ctx, given: string): Promise<string> {
  if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(given)) return given;
  let cursor: string | undefined;
  do {
    const page = await listWorkflows(ctx, { q: given, limit: 200, cursor });
    const found = page.items.find((one) => one.name === given);
    if (found) return found.id;
    cursor = page.nextCursor ?? undefined;
  } while (cursor);
  throw new BraidError('not_found', `No workflow is named ${given}: "braid workflow list" names them.`);
}
