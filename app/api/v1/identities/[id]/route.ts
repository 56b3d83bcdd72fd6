import { z } from 'zod';
import { route } from '@/lib/http/route';
import { annotate } from '@/lib/identities/annotate';
import { annotateBodySchema, identityDetailSchema, identityIdSchema } from '@/lib/identities/model';
import { show } from '@/lib/identities/show';

export const GET = route({
  name: 'showIdentity',
  summary: 'One identity with its names, credentials, workflows and notes.',
  permission: 'console.read',
  params: identityIdSchema,
  response: identityDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});

export const PATCH = route({
  name: 'annotateIdentity',
  summary: 'Owner, purpose, environment and concurrency limit of an identity.',
  permission: 'identity.annotate',
  params: identityIdSchema,
  body: annotateBodySchema,
  response: z.strictObject({ id: z.uuid(), changed: z.array(z.string().max(40)).max(10) }),
  handle: ({ ctx, params, body }) => annotate(ctx, { ...params, ...body }),
});
