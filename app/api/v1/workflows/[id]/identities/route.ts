import { z } from 'zod';
import { route } from '@/lib/http/route';
import { addIdentities } from '@/lib/workflows/add-identities';
import { addIdentitiesSchema, takeIdentitiesSchema, workflowIdSchema } from '@/lib/workflows/model';
import { takeIdentities } from '@/lib/workflows/take-identities';

const changed = z.strictObject({ id: z.uuid(), changed: z.number().int() });

export const POST = route({
  name: 'addIdentitiesToWorkflow',
  summary: 'Identities work for a workflow from the next request on.',
  permission: 'identity.annotate',
  params: workflowIdSchema,
  body: addIdentitiesSchema.omit({ id: true }),
  response: changed,
  handle: ({ ctx, params, body }) => addIdentities(ctx, { ...params, ...body }),
});

export const DELETE = route({
  name: 'takeIdentitiesFromWorkflow',
  summary: 'Identities no longer work for a workflow, from the next request on.',
  permission: 'identity.annotate',
  params: workflowIdSchema,
  body: takeIdentitiesSchema.omit({ id: true }),
  response: changed,
  handle: ({ ctx, params, body }) => takeIdentities(ctx, { ...params, ...body }),
});
