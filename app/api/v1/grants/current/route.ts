import { current } from '@/lib/access/grants/current';
import { currentAccessSchema } from '@/lib/access/grants/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'currentAccess',
  summary: 'The role of the operator who is signed in, and what this sign-in asked for last',
  permission: 'console.read',
  response: currentAccessSchema,
  handle: ({ ctx }) => current(ctx),
});
