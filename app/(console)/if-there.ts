import type { z } from 'zod';
import { toBraidError } from '@/lib/platform/errors';

/** What a link asks for, where it is there; a filter by something that is gone (a lane of another day) is said by the list itself. */
export const ifThere = <T>(asked: Promise<T>): Promise<T | undefined> =>
  asked.catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') return undefined;
    throw error;
  });

/**
 * A list as its address asks for it; undefined where the address asks for what there can't be (a word that is no state, an id
 * that is none): the page then asks again as a caller would, and says what is wrong. All rows would read as if they matched.
 */
export async function ifAsked<Query extends z.ZodType, T>(
  schema: Query,
  params: unknown,
  list: (query: z.output<Query>) => Promise<T>,
): Promise<T | undefined> {
  const asked = schema.safeParse(params);
  return asked.success ? list(asked.data) : undefined;
}
