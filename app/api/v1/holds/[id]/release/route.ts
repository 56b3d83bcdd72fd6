import { z } from 'zod';
import { releaseForSchema } from '@/lib/exposures/model';
import { releaseFor } from '@/lib/exposures/release-for';
import { route } from '@/lib/http/route';
import { refSchema } from '@/lib/revocations/model';

export const POST = route({
  name: 'releaseHold',
  summary: 'Gives back what a caller holds that will not do so itself; nothing of it counts',
  permission: 'session.terminate',
  params: refSchema,
  body: z.strictObject({ reason: releaseForSchema.shape.reason }),
  response: z.strictObject({ id: z.uuid(), state: z.string().max(20), closedAt: z.string().max(40).nullable() }),
  handle: async ({ ctx, params, body }) => {
    const { id, state, closedAt } = await releaseFor(ctx, { id: params.id, ...body });
    return { id, state, closedAt };
  },
});
