import { z } from 'zod';
import { route } from '@/lib/http/route';
import { draftNameSchema, shadowQuerySchema } from '@/lib/policies/life-model';
import { shadowResultsSchema } from '@/lib/policies/rest-model';
import { shadowResults } from '@/lib/policies/shadow-results';

export const GET = route({
  name: 'showShadowResults',
  summary: 'What rules and versions in shadow would have answered, per rule and identity, counted from the log.',
  permission: 'console.read',
  params: draftNameSchema,
  query: z.strictObject(shadowQuerySchema.omit({ set: true }).shape),
  response: shadowResultsSchema,
  handle: ({ ctx, params, query }) => shadowResults(ctx, { set: params.name, ...query }),
});
