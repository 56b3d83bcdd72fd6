import { z } from 'zod';
import { route } from '@/lib/http/route';
import { mappingNameSchema, mappingRowSchema, saveMappingSchema } from '@/lib/mappings/model';
import { retire } from '@/lib/mappings/retire';
import { save } from '@/lib/mappings/save';
import { show } from '@/lib/mappings/show';

export const GET = route({
  name: 'showEventMapping',
  summary: 'A mapping’s versions, newest first',
  permission: 'console.read',
  params: mappingNameSchema,
  response: z.strictObject({ versions: z.array(mappingRowSchema).max(200) }),
  handle: ({ ctx, params }) => show(ctx, params),
});

export const PUT = route({
  name: 'updateEventMapping',
  summary: 'A mapping’s next version; it binds what is sent from now on',
  permission: 'connector.manage',
  params: mappingNameSchema,
  body: saveMappingSchema,
  response: mappingRowSchema,
  handle: ({ ctx, params, body }) => save(ctx, body, params.name),
});

export const DELETE = route({
  name: 'retireEventMapping',
  summary: 'Take nothing more under a mapping’s name; its versions stay',
  permission: 'connector.manage',
  params: mappingNameSchema,
  response: z.strictObject({ ok: z.literal(true) }),
  handle: ({ ctx, params }) => retire(ctx, params),
});
