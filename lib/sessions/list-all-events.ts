import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { amongLane } from '@/lib/lanes/among-lane';
import type { Among } from '@/lib/lanes/model';
import { BraidError } from '@/lib/platform/errors';
import { type Place, readAllEvents } from '@/lib/sessions/events/store';
import { type AllEventsQuery, allEventsQuerySchema, type StoredEvent } from '@/lib/sessions/events-model';
import { decodeCursor } from '@/lib/sessions/page-cursor-format';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const encode = ({ identityId, at, id }: Place): string =>
  Buffer.from(`${at} ${id} ${identityId}`).toString('base64url');

function decode(cursor: string): Place {
  const identityId = Buffer.from(cursor, 'base64url').toString('utf8').split(' ')[2] ?? '';
  if (!UUID.test(identityId)) throw new BraidError('input.invalid', 'The cursor is not one that Braid gave.');
  return { identityId, ...decodeCursor(cursor) };
}

/**
 * Stored events of all sessions, identity by identity, each from its earliest on. Errors: `access.denied`, `input.invalid`,
 * `not_found` (of the lane). `sorted`: what is of that lane, where it was sorted before.
 */
export async function listAllEvents(
  ctx: Ctx,
  query: AllEventsQuery = {},
  sorted?: Among | null,
): Promise<Page<StoredEvent>> {
  authorise(ctx, 'console.read');
  const parsed = allEventsQuerySchema.parse(query);
  const { lane, identityId, from, to } = parsed;
  const among = sorted ?? (await amongLane(ctx, { identityId, lane, from, to }));
  const found = await readAllEvents(parsed, parsed.cursor ? decode(parsed.cursor) : null, among);
  const page = found.slice(0, parsed.limit);
  const last = found.length > parsed.limit ? page.at(-1) : undefined;
  return { items: page.map(({ event }) => event), nextCursor: last ? encode(last.place) : null };
}
