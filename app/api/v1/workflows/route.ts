import { z } from 'zod';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';
import { create } from '@/lib/workflows/create';
import { list } from '@/lib/workflows/list';
import { createWorkflowSchema, workflowListQuerySchema, workflowRowSchema } from '@/lib/workflows/model';

export const GET = route({
  name: 'listWorkflows',
  summary: 'Workflows by name, with how many identities work for each and how many sessions of them live.',
  permission: 'console.read',
  query: workflowListQuerySchema,
  response: pageSchema(workflowRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'createWorkflow',
  summary: 'Makes a workflow: what policies count per workflow counts over all its identities.',
  permission: 'identity.annotate',
  body: createWorkflowSchema,
  response: z.strictObject({ id: z.uuid(), name: z.string().max(200) }),
  status: 201,
  handle: ({ ctx, body }) => create(ctx, body),
});
