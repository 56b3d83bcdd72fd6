'use server';

import { z } from 'zod';
import { createToken } from '@/lib/access/create-token';
import { operatorAction } from '@/lib/http/action';

const nothing = z.strictObject({});

/** A token for the curl of the empty console. */
export const startDecisions = operatorAction('token.manage', nothing, async ({ ctx }) => {
  const input = { name: 'First decision', scopes: ['decide' as const], expiresInDays: 30 };
  const { token } = await createToken(ctx, input);
  return { token };
});
