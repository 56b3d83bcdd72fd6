import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { type WorkflowListQuery, type WorkflowRow, workflowListQuerySchema } from '@/lib/workflows/model';
import { readWorkflows } from '@/lib/workflows/store';

/** Workflows by name. The cursor is the last name of the page before. Errors: `access.denied`, `input.invalid`. */
export async function list(ctx: Ctx, query: WorkflowListQuery = {}): Promise<Page<WorkflowRow>> {
  authorise(ctx, 'console.read');
  const { cursor, ...parsed } = workflowListQuerySchema.parse(query);
  const after = cursor === undefined ? null : Buffer.from(cursor, 'base64url').toString('utf8').slice(0, 200);
  const found = await readWorkflows(parsed, after);
  const items = found.slice(0, parsed.limit);
  const more = found.length > parsed.limit;
  return { items, nextCursor: more ? Buffer.from(items.at(-1)!.name).toString('base64url') : null };
}
