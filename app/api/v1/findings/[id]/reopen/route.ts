import { changedSchema, idInput, reopenSchema } from '@/lib/findings/model';
import { reopen } from '@/lib/findings/reopen';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'reopenFinding',
  summary: 'Opens a finding again.',
  permission: 'finding.write',
  params: idInput,
  body: reopenSchema.omit({ id: true }),
  response: changedSchema,
  handle: ({ ctx, params, body }) => reopen(ctx, { ...body, ...params }),
});
