import { z } from 'zod';
import { route } from '@/lib/http/route';
import { requestBacktest } from '@/lib/policies/backtests/request-backtest';
import { listBacktests } from '@/lib/policies/backtests/show-backtest';
import { backtestInputSchema, draftNameSchema } from '@/lib/policies/life-model';
import { backtestSchema } from '@/lib/policies/rest-model';

export const GET = route({
  name: 'listBacktests',
  summary: 'The newest backtests of a policy set, without what they found.',
  permission: 'console.read',
  query: draftNameSchema,
  response: z.strictObject({ items: z.array(backtestSchema).max(50) }),
  handle: async ({ ctx, query }) => ({ items: await listBacktests(ctx, query) }),
});

export const POST = route({
  name: 'requestBacktest',
  summary: 'Judges stored decisions again under a candidate set; the result is read from the backtest.',
  permission: 'policy.manage',
  body: backtestInputSchema,
  response: z.strictObject({ id: z.uuid(), total: z.number().int() }),
  status: 202,
  handle: ({ ctx, body }) => requestBacktest(ctx, body),
});
