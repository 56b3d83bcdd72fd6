'use server';

import { z } from 'zod';
import { createToken } from '@/lib/access/create-token';
import { revokeToken } from '@/lib/access/revoke-token';
import { operatorAction } from '@/lib/http/action';

const nothing = z.strictObject({});

/** A token for the curl of the empty console. */
export const startDecisions = operatorAction('token.manage', nothing, async ({ ctx }) => {
  const input = { name: 'First decision', scopes: ['decide' as const], expiresInDays: 30 };
  const { token } = await createToken({ ctx, input });
  return { token };
});

/** A token with which the browser sends log files; revoked when they are in. */
export const startUpload = operatorAction('token.manage', nothing, async ({ ctx }) => {
  const input = { name: 'Upload from the console', scopes: ['ingest' as const, 'read' as const], expiresInDays: 1 };
  const { id, token } = await createToken({ ctx, input });
  return { id, token };
});

export const endUpload = operatorAction('token.manage', z.strictObject({ id: z.uuid() }), ({ ctx, input }) =>
  revokeToken({ ctx, input: { ...input, reason: 'The upload is over' } }),
);
