import { close } from '@/lib/findings/close';
import { changedSchema, closeSchema, idInput } from '@/lib/findings/model';
import { route } from '@/lib/http/route';

export const POST = route({
  name: 'closeFinding',
  summary: 'Closes a finding with what it turned out to be.',
  permission: 'finding.write',
  params: idInput,
  body: closeSchema.omit({ id: true }),
  response: changedSchema,
  handle: ({ ctx, params, body }) => close(ctx, { ...body, ...params }),
});
