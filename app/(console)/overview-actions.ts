'use server';

import { z } from 'zod';
import { createToken } from '@/lib/access/create-token';
import { operatorAction } from '@/lib/http/action';
import { applyExample } from '@/lib/policies/apply-example';

const nothing = z.strictObject({});

/** A token for the curl of the empty console and, where no policy set is active, the example set that answers it. */
export const startDecisions = operatorAction('token.manage', nothing, async ({ ctx }) => {
  const applied = await applyExample(ctx);
  const input = { name: 'First decision', scopes: ['decide' as const], expiresInDays: 30 };
  const { token } = await createToken(ctx, input);
  return { token, applied: applied && { name: applied.name, version: applied.version } };
});
