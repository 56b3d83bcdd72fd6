import { acknowledge } from '@/lib/findings/acknowledge';
import { acknowledgeSchema, changedSchema, idInput } from '@/lib/findings/model';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'acknowledgeFinding',
  summary: 'Says that somebody has seen it.',
  permission: 'finding.write',
  params: idInput,
  body: acknowledgeSchema.omit({ id: true }),
  response: changedSchema,
  handle: ({ ctx, params, body }) => acknowledge(ctx, { ...body, ...params }),
});
