import { route } from '@/lib/http/route';
import { huntDetailSchema, huntIdSchema } from '@/lib/hunts/model';
import { show } from '@/lib/hunts/show';

export const GET = route({
  name: 'showHunt',
  summary: 'One hunt: how far it is and what it found.',
  permission: 'console.read',
  params: huntIdSchema,
  response: huntDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
