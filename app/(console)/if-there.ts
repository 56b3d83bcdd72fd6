import { toBraidError } from '@/lib/platform/errors';

/** What a link asks for, where it is there; a filter by something that is gone (a lane of another day) is said by the list itself. */
export const ifThere = <T>(asked: Promise<T>): Promise<T | undefined> =>
  asked.catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') return undefined;
    throw error;
  });
