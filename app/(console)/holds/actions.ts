'use server';

import { releaseForSchema } from '@/lib/exposures/model';
import { releaseFor } from '@/lib/exposures/release-for';
import { operatorAction } from '@/lib/http/action';

export const release = operatorAction('session.terminate', releaseForSchema, async ({ ctx, input }) => {
  const { id } = await releaseFor(ctx, input);
  return { id };
});
