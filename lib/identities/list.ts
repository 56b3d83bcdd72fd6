import { z } from 'zod';
import { authorise } from '@/lib/access/authorise';
import type { Ctx } from '@/lib/access/model';
import type { Page } from '@/lib/http/model';
import { type IdentityListQuery, type IdentityRow, identityListQuerySchema } from '@/lib/identities/model';
import { readIdentities } from '@/lib/identities/read/store';
import { BraidError } from '@/lib/platform/errors';

const cursorSchema = z.tuple([z.int(), z.string().regex(/^\d{1,18}$/), z.string().max(512), z.uuid()]);

function decode(cursor: string) {
  try {
    const [live, seen, name, id] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return { live, seen, name, id };
  } catch (cause) {
    throw new BraidError('input.invalid', 'The cursor is not one that Braid gave.', { cause });
  }
}

/** Identities, those with most live sessions first unless asked otherwise. Errors: `access.denied`, `input.invalid`. */
export async function list(ctx: Ctx, query: IdentityListQuery = {}): Promise<Page<IdentityRow>> {
  authorise(ctx, 'console.read');
  const parsed = identityListQuerySchema.parse(query);
  const found = await readIdentities(parsed, parsed.cursor ? decode(parsed.cursor) : null);
  const page = found.slice(0, parsed.limit);
  const last = found.length > parsed.limit ? page.at(-1)?.after : undefined;
  return {
    items: page.map(({ row }) => row),
    nextCursor: last
      ? Buffer.from(JSON.stringify([last.live, last.seen, parsed.sort === 'name' ? last.name : '', last.id])).toString(
          'base64url',
        )
      : null,
  };
}
