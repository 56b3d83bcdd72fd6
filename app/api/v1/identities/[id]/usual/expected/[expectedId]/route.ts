import { z } from 'zod';
import { expectedIdSchema } from '@/lib/findings/expected-model';
import { forgetExpected } from '@/lib/findings/forget-expected';
import { route } from '@/lib/http/route';

export const DELETE = route({
  name: 'forgetExpected',
  summary: 'Tell again what was said to be expected of an identity',
  permission: 'finding.write',
  params: expectedIdSchema,
  response: z.strictObject({ ok: z.literal(true) }),
  handle: ({ ctx, params }) => forgetExpected(ctx, params),
});
