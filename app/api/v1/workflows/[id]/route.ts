import { z } from 'zod';
import { route } from '@/lib/http/route';
import {
  removeWorkflowSchema,
  renameWorkflowSchema,
  workflowDetailSchema,
  workflowIdSchema,
} from '@/lib/workflows/model';
import { remove } from '@/lib/workflows/remove';
import { rename } from '@/lib/workflows/rename';
import { show } from '@/lib/workflows/show';

export const GET = route({
  name: 'showWorkflow',
  summary: 'One workflow: who works for it, and what is counted over all of them.',
  permission: 'console.read',
  params: workflowIdSchema,
  response: workflowDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});

export const PATCH = route({
  name: 'renameWorkflow',
  summary: 'Gives a workflow another name; what was counted over it stays counted.',
  permission: 'identity.annotate',
  params: workflowIdSchema,
  body: renameWorkflowSchema.omit({ id: true }),
  response: z.strictObject({ id: z.uuid(), name: z.string().max(200) }),
  handle: ({ ctx, params, body }) => rename(ctx, { ...params, ...body }),
});

export const DELETE = route({
  name: 'removeWorkflow',
  summary: 'A workflow is none any more: its identities stay, and no limit spans them.',
  permission: 'identity.annotate',
  params: workflowIdSchema,
  body: removeWorkflowSchema.omit({ id: true }),
  response: workflowIdSchema,
  handle: ({ ctx, params, body }) => remove(ctx, { ...params, ...body }),
});
