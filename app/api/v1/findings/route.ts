import { z } from 'zod';
import { create } from '@/lib/findings/create';
import { list } from '@/lib/findings/list';
import { createFindingSchema, findingRowSchema, listFindingsSchema } from '@/lib/findings/model';
import { pageSchema } from '@/lib/http/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'listFindings',
  summary: 'Findings, last seen first, or the most urgent first.',
  permission: 'console.read',
  query: listFindingsSchema,
  response: pageSchema(findingRowSchema),
  handle: ({ ctx, query }) => list(ctx, query),
});

export const POST = route({
  name: 'createFinding',
  summary: 'Writes down a finding that no detector made.',
  permission: 'finding.write',
  body: createFindingSchema,
  response: z.strictObject({ id: z.uuid() }),
  status: 201,
  handle: ({ ctx, body }) => create(ctx, body),
});
