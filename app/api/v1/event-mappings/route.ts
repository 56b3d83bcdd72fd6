import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { list } from '@/lib/mappings/list';
import { mappingListQuerySchema, mappingRowSchema, saveMappingSchema } from '@/lib/mappings/model';
import { save } from '@/lib/mappings/save';

export const GET = route({
  name: 'listEventMappings',
  summary: 'Mappings that events of sources of one’s own are read by, each in its newest version',
  permission: 'console.read',
  query: mappingListQuerySchema,
  response: pageSchema(mappingRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'createEventMapping',
  summary: 'Keep a mapping under the name it gives itself; events are then sent with format=generic&mapping=<name>',
  permission: 'connector.manage',
  body: saveMappingSchema,
  status: 201,
  response: mappingRowSchema,
  handle: ({ ctx, body }) => save(ctx, body),
});
