import { create } from '@/lib/connectors/create';
import { list } from '@/lib/connectors/list';
import { createInputSchema, refSchema } from '@/lib/connectors/model';
import { connectorRowSchema } from '@/lib/connectors/rest-model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listConnectors',
  summary: 'Connected systems with health and what each has shown',
  permission: 'console.read',
  response: pageSchema(connectorRowSchema),
  handle: ({ ctx }) => list(ctx),
});

export const POST = route({
  name: 'createConnector',
  summary: 'Connects a system; it must be reachable now',
  permission: 'connector.manage',
  body: createInputSchema,
  response: refSchema,
  status: 201,
  handle: ({ ctx, body }) => create(ctx, body),
});
