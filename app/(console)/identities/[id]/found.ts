import { notFound } from 'next/navigation';
import { cache } from 'react';
import { currentOperator } from '@/lib/access/operator';
import { show } from '@/lib/identities/show';
import { toBraidError } from '@/lib/platform/errors';

/** The identity, read once for a request; without one the page is not found. */
export const found = cache(async (id: string) =>
  show(await currentOperator(), { id }).catch((error: unknown) => {
    if (toBraidError(error).code === 'not_found') notFound();
    throw error;
  }),
);
