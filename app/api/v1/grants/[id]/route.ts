import { z } from 'zod';
import { grantRowSchema } from '@/lib/access/grants/model';
import { show } from '@/lib/access/grants/show';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'showGrant',
  summary: 'One role for a time: who asked for what and why, who answered, and how it ended',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  response: grantRowSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
