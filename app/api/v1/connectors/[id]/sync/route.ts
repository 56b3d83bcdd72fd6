import { refSchema } from '@/lib/connectors/model';
import { doneSchema } from '@/lib/connectors/rest-model';
import { sync } from '@/lib/connectors/sync';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'syncConnector',
  summary: 'Asks for a full look at identities and sessions now',
  permission: 'connector.manage',
  params: refSchema,
  response: doneSchema,
  status: 202,
  handle: ({ ctx, params }) => sync(ctx, params).then(() => ({ ok: true as const })),
});
