import { z } from 'zod';
import { tokenRowSchema } from '@/lib/access/model';
import { revokeToken } from '@/lib/access/revoke-token';
import { route } from '@/lib/http/route';

export const DELETE = route({
  name: 'revokeToken',
  summary: 'Revoke an API token; it binds within a second',
  permission: 'token.manage',
  params: z.strictObject({ id: z.uuid() }),
  response: tokenRowSchema,
  handle: ({ ctx, params }) => revokeToken(ctx, { ...params }),
});
