import { route } from '@/lib/http/route';
import { unmergeSchema } from '@/lib/identities/merge-model';
import { identityIdSchema } from '@/lib/identities/model';
import { unmerge } from '@/lib/identities/unmerge';

export const POST = route({
  name: 'undoMerge',
  summary: 'Undo a merge of two identities',
  permission: 'identity.annotate',
  params: identityIdSchema,
  body: unmergeSchema.omit({ id: true }),
  response: identityIdSchema,
  handle: ({ ctx, params, body }) => unmerge(ctx, { ...params, ...body }),
});
