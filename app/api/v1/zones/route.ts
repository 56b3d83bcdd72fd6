import { route } from '@/lib/http/route';
import { create } from '@/lib/zones/create';
import { list } from '@/lib/zones/list';
import { zoneBodySchema, zoneListSchema, zoneRowSchema } from '@/lib/zones/model';

export const GET = route({
  name: 'listZones',
  summary: 'Trusted zones, with how many live sessions come from each and from none',
  permission: 'console.read',
  response: zoneListSchema,
  handle: ({ ctx }) => list(ctx),
});

export const POST = route({
  name: 'createZone',
  summary: 'Name networks and regions that are trusted',
  permission: 'policy.manage',
  body: zoneBodySchema,
  status: 201,
  response: zoneRowSchema,
  handle: ({ ctx, body }) => create(ctx, body),
});
