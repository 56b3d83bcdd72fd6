import { z } from 'zod';
import { route } from '@/lib/http/route';
import { rotateKey } from '@/lib/signals/keys';
import { rotateSchema } from '@/lib/signals/model';

export const POST = route({
  name: 'rotateSignalKey',
  summary: 'Makes a new key that signs shared signals: shown for 15 minutes before it signs, or at once',
  permission: 'signal.manage',
  body: rotateSchema,
  response: z.strictObject({ id: z.string().max(100) }),
  status: 201,
  handle: ({ ctx, body }) => rotateKey(ctx, body),
});
