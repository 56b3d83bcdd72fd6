import { refSchema, removeInputSchema, updateInputSchema } from '@/lib/connectors/model';
import { remove } from '@/lib/connectors/remove';
import { connectorDetailSchema, doneSchema } from '@/lib/connectors/rest-model';
import { show } from '@/lib/connectors/show';
import { update } from '@/lib/connectors/update';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'getConnector',
  summary: 'One connector: capabilities, settings without secrets',
  permission: 'console.read',
  params: refSchema,
  response: connectorDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});

export const PATCH = route({
  name: 'updateConnector',
  summary: 'Renames, re-points, enables or disables a connector',
  permission: 'connector.manage',
  params: refSchema,
  body: updateInputSchema.omit({ id: true }),
  response: doneSchema,
  handle: ({ ctx, params, body }) => update(ctx, { ...params, ...body }).then(() => ({ ok: true as const })),
});

export const DELETE = route({
  name: 'removeConnector',
  summary: 'Forgets a connector and its secrets; what it found stays',
  permission: 'connector.manage',
  params: refSchema,
  body: removeInputSchema.omit({ id: true }),
  response: doneSchema,
  handle: ({ ctx, params, body }) => remove(ctx, { ...params, ...body }).then(() => ({ ok: true as const })),
});
