import { z } from 'zod';
import { route } from '@/lib/http/route';
import { identityIdSchema } from '@/lib/identities/model';
import { hold } from '@/lib/lanes/hold';
import { list } from '@/lib/lanes/list';
import { heldSchema, holdSchema, lanesQuerySchema, lanesSchema } from '@/lib/lanes/model';

export const GET = route({
  name: 'listLanes',
  summary: 'The hands behind an identity’s sessions: by fingerprint, pace and grammar.',
  permission: 'console.read',
  params: identityIdSchema,
  query: lanesQuerySchema.omit({ id: true }),
  response: lanesSchema,
  handle: ({ ctx, params, query }) => list(ctx, { ...query, id: params.id }),
});

export const POST = route({
  name: 'holdLane',
  summary: 'Says whose a lane is: operator, attacker or unknown.',
  permission: 'finding.write',
  params: identityIdSchema,
  body: holdSchema.omit({ identityId: true }),
  response: z.strictObject({ fingerprint: z.string().max(64), held: heldSchema }),
  handle: ({ ctx, params, body }) => hold(ctx, { ...body, identityId: params.id }),
});
