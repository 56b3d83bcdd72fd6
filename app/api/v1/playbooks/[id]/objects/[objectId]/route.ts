import { route } from '@/lib/http/route';
import { objectRefSchema, unlinkBodySchema } from '@/lib/playbooks/objects-model';
import { changedSchema } from '@/lib/playbooks/rest-model';
import { unlinkObject } from '@/lib/playbooks/unlink-object';

export const DELETE = route({
  name: 'unlinkPlaybookObject',
  summary: 'Takes something out of the case, with the reason; that it was in it stays',
  permission: 'finding.write',
  params: objectRefSchema,
  body: unlinkBodySchema,
  response: changedSchema,
  handle: ({ ctx, params, body }) => unlinkObject(ctx, { ...body, ...params }),
});
