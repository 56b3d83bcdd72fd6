import { z } from 'zod';
import { route } from '@/lib/http/route';
import { showBacktest } from '@/lib/policies/backtests/show-backtest';
import { backtestSchema } from '@/lib/policies/rest-model';

export const GET = route({
  name: 'showBacktest',
  summary: 'One backtest: how far it is, and what it found once it is done.',
  permission: 'console.read',
  params: z.strictObject({ id: z.uuid() }),
  response: backtestSchema,
  handle: ({ ctx, params }) => showBacktest(ctx, params),
});
