import { z } from 'zod';
import { end } from '@/lib/access/grants/end';
import { endGrantSchema, grantRowSchema } from '@/lib/access/grants/model';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'endGrant',
  summary: 'End a role for a time before its time; it binds from the next request on',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  body: endGrantSchema.omit({ id: true }),
  response: grantRowSchema,
  fromConsole: true,
  handle: ({ ctx, params, body }) => end(ctx, { ...body, ...params }),
});
