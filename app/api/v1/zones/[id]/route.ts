import { z } from 'zod';
import { route } from '@/lib/http/route';
import { zoneBodySchema, zoneIdSchema, zoneRowSchema } from '@/lib/zones/model';
import { remove } from '@/lib/zones/remove';
import { update } from '@/lib/zones/update';

export const PUT = route({
  name: 'updateZone',
  summary: 'Say anew what makes up a trusted zone',
  permission: 'policy.manage',
  params: zoneIdSchema,
  body: zoneBodySchema,
  response: zoneRowSchema,
  handle: ({ ctx, params, body }) => update(ctx, { ...body, ...params }),
});

export const DELETE = route({
  name: 'removeZone',
  summary: 'Trust a zone no more than any other place',
  permission: 'policy.manage',
  params: zoneIdSchema,
  response: z.strictObject({ ok: z.literal(true) }),
  handle: ({ ctx, params }) => remove(ctx, params),
});
