import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { amongLane, sessionsOf } from '@/lib/lanes/among-lane';
import { clock } from '@/lib/platform/clock';
import { type SessionListQuery, type SessionRow, sessionListQuerySchema } from '@/lib/sessions/model';
import { decodeCursor, encodeCursor } from '@/lib/sessions/page-cursor-format';
import { readSessions } from '@/lib/sessions/store';

/** Sessions, newest start first. Errors: `access.denied`, `input.invalid`, `not_found` (of the lane). */
export async function list(ctx: Ctx, query: SessionListQuery = {}): Promise<Page<SessionRow>> {
  authorise(ctx, 'console.read');
  const parsed = sessionListQuerySchema.parse(query);
  const { lane, identityId, from, to } = parsed;
  const of = await amongLane(ctx, { identityId, lane, from, to });
  const found = await readSessions(
    parsed,
    parsed.cursor ? decodeCursor(parsed.cursor) : null,
    clock.now(),
    of && sessionsOf(of),
  );
  const page = found.slice(0, parsed.limit);
  const last = found.length > parsed.limit ? page.at(-1)?.after : undefined;
  return { items: page.map(({ row }) => row), nextCursor: last ? encodeCursor(last) : null };
}
