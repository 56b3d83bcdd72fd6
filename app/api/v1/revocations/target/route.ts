import { route } from '@/lib/http/route';
import { setTarget } from '@/lib/revocations/set-target';
import { target } from '@/lib/revocations/target';
import { setTargetSchema } from '@/lib/revocations/times/model';

export const GET = route({
  name: 'getRevocationTarget',
  summary: 'The time from click to verified that is aimed at, in milliseconds',
  permission: 'console.read',
  response: setTargetSchema,
  handle: ({ ctx }) => target(ctx),
});

export const PUT = route({
  name: 'setRevocationTarget',
  summary: 'Changes the time from click to verified that is aimed at',
  permission: 'response.manage',
  body: setTargetSchema,
  response: setTargetSchema,
  handle: ({ ctx, body }) => setTarget(ctx, body),
});
