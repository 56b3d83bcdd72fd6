import { route } from '@/lib/http/route';
import { listMerges } from '@/lib/identities/list-merges';
import { merge } from '@/lib/identities/merge';
import { mergeListSchema, mergeSchema } from '@/lib/identities/merge-model';
import { identityIdSchema } from '@/lib/identities/model';

export const GET = route({
  name: 'listMerges',
  summary: 'Merges an identity is part of, newest first',
  permission: 'console.read',
  params: identityIdSchema,
  response: mergeListSchema,
  handle: ({ ctx, params }) => listMerges(ctx, params),
});

export const POST = route({
  name: 'mergeIdentities',
  summary: 'Names and live sessions of another identity mean this one from now on',
  permission: 'identity.annotate',
  params: identityIdSchema,
  body: mergeSchema.omit({ id: true }),
  response: identityIdSchema,
  status: 201,
  handle: ({ ctx, params, body }) => merge(ctx, { ...params, ...body }),
});
