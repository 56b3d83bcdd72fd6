import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { decodeCursor, encodeCursor } from '@/lib/sessions/page-cursor-format';
import { type RunMoment, runQuerySchema } from '@/lib/sessions/run-model';
import { momentOf, partIds, readTimeline } from '@/lib/sessions/runs/store';

/** What all parts of a run did, in one order of time, newest first. Errors: `access.denied`, `input.invalid`. */
export async function listRunEvents(ctx: Ctx, input: z.input<typeof runQuerySchema>): Promise<Page<RunMoment>> {
  authorise(ctx, 'console.read');
  const { run, cursor, limit } = runQuerySchema.parse(input);
  const found = await readTimeline(await partIds(run), cursor ? decodeCursor(cursor) : null, limit + 1);
  const page = found.slice(0, limit);
  const last = found.length > limit ? page.at(-1) : undefined;
  return { items: page.map(momentOf), nextCursor: last ? encodeCursor({ at: last.at_us, id: last.id }) : null };
}
