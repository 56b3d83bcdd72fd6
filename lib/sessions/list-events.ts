import type { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { eventListQuerySchema, type SessionEventRow } from '@/lib/sessions/model';
import { decodeCursor, encodeCursor } from '@/lib/sessions/page-cursor-format';
import { readEvents } from '@/lib/sessions/store';

/** What one session did, newest first. Errors: `access.denied`, `input.invalid`. */
export async function listEvents(
  ctx: Ctx,
  query: z.input<typeof eventListQuerySchema>,
): Promise<Page<SessionEventRow>> {
  authorise(ctx, 'console.read');
  const parsed = eventListQuerySchema.parse(query);
  const found = await readEvents(parsed, parsed.cursor ? decodeCursor(parsed.cursor) : null);
  const page = found.slice(0, parsed.limit);
  const last = found.length > parsed.limit ? page.at(-1) : undefined;
  return {
    items: page.map(({ at_us: _, ...event }) => ({ ...event, at: event.at.toISOString() })),
    nextCursor: last ? encodeCursor({ at: last.at_us, id: last.id }) : null,
  };
}
