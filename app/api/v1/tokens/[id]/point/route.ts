import { z } from 'zod';
import { POINT_MODES, setPointSchema, tokenRowSchema } from '@/lib/access/model';
import { setPoint } from '@/lib/access/set-point';
import { route } from '@/lib/http/route';

const secs = z.number().int().nullable().optional();

export const POST = route({
  name: 'setEnforcementPoint',
  summary: 'How the enforcement point behind a token knows shared state: online, bounded, offline or legacy.',
  permission: 'token.manage',
  params: z.strictObject({ id: z.uuid() }),
  body: z.strictObject({ mode: z.enum(POINT_MODES), staleSecs: secs, settleAfterSecs: secs }),
  response: tokenRowSchema,
  handle: ({ ctx, params, body }) => setPoint(ctx, setPointSchema.parse({ ...body, ...params })),
});
