import { BraidError } from '@/lib/platform/errors';

/** Cursor of lists that page by an instant and an id. */
export const encodeCursor = (after: { at: string; id: string }): string =>
  Buffer.from(`${after.at} ${after.id}`).toString('base64url');

/** Throws `input.invalid` for one that Braid did not give. */
export function decodeCursor(cursor: string): { at: string; id: string } {
  const [at, id] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  if (
    !at ||
    !id ||
    !/^\d{4}-\d\d-\d\dT[\d:.]{8,15}Z$/.test(at) ||
    !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)
  )
    throw new BraidError('input.invalid', 'The cursor is not one that Braid gave.');
  return { at, id };
}
