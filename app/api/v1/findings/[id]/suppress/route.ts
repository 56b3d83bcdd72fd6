import { changedSchema, idInput, suppressSchema } from '@/lib/findings/model';
import { suppress } from '@/lib/findings/suppress';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'suppressFinding',
  summary: 'Keeps a finding out of the way until a day.',
  permission: 'finding.write',
  params: idInput,
  body: suppressSchema.omit({ id: true }),
  response: changedSchema,
  handle: ({ ctx, params, body }) => suppress(ctx, { ...body, ...params }),
});
