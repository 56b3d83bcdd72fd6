import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { clock } from '@/lib/platform/clock';
import { decodeCursor, encodeCursor } from '@/lib/sessions/page-cursor-format';
import { type RunListQuery, type RunRow, runListQuerySchema } from '@/lib/sessions/run-model';
import { readRuns } from '@/lib/sessions/runs/store';

/** Runs of agents and pipelines over several tools and systems, that which began last first. Errors: `input.invalid`. */
export async function listRuns(ctx: Ctx, query: RunListQuery = {}): Promise<Page<RunRow>> {
  authorise(ctx, 'console.read');
  const parsed = runListQuerySchema.parse(query);
  const found = await readRuns(parsed, parsed.cursor ? decodeCursor(parsed.cursor) : null, clock.now());
  const page = found.slice(0, parsed.limit);
  const last = found.length > parsed.limit ? page.at(-1)?.after : undefined;
  return { items: page.map(({ row }) => row), nextCursor: last ? encodeCursor(last) : null };
}
