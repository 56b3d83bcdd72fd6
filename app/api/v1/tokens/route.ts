import { z } from 'zod';
import { createToken } from '@/lib/access/create-token';
import { listTokens } from '@/lib/access/list-tokens';
import { createTokenSchema, tokenRowSchema } from '@/lib/access/model';
import { listQuerySchema, pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listTokens',
  summary: 'API tokens, without their secrets',
  permission: 'token.manage',
  query: listQuerySchema,
  response: pageSchema(tokenRowSchema),
  handle: ({ ctx, query }) => listTokens(ctx, query),
});

export const POST = route({
  name: 'createToken',
  summary: 'Make an API token; it is shown this once',
  permission: 'token.manage',
  body: createTokenSchema,
  status: 201,
  response: z.strictObject({
    id: z.uuid(),
    name: z.string().max(100),
    token: z.string().max(200),
    row: tokenRowSchema,
  }),
  handle: ({ ctx, body }) => createToken(ctx, body),
});
