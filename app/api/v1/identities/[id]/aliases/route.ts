import { route } from '@/lib/http/route';
import { linkAlias } from '@/lib/identities/link-alias';
import { identityIdSchema, linkAliasSchema, unlinkAliasSchema } from '@/lib/identities/model';
import { unlinkAlias } from '@/lib/identities/unlink-alias';

export const POST = route({
  name: 'linkAlias',
  summary: 'Makes a name mean this identity.',
  permission: 'identity.annotate',
  params: identityIdSchema,
  body: linkAliasSchema.omit({ id: true }),
  response: identityIdSchema,
  status: 201,
  handle: ({ ctx, params, body }) => linkAlias(ctx, { ...params, ...body }),
});

export const DELETE = route({
  name: 'unlinkAlias',
  summary: 'The name no longer means this identity.',
  permission: 'identity.annotate',
  params: identityIdSchema,
  body: unlinkAliasSchema.omit({ id: true }),
  response: identityIdSchema,
  handle: ({ ctx, params, body }) => unlinkAlias(ctx, { ...params, ...body }),
});
