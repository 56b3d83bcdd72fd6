import { route } from '@/lib/http/route';
import { progressQuerySchema, progressSchema } from '@/lib/revocations/bulk-model';
import { progress } from '@/lib/revocations/progress';

export const GET = route({
  name: 'revocationProgress',
  summary: 'How far several revocations have come',
  permission: 'console.read',
  query: progressQuerySchema,
  response: progressSchema,
  handle: ({ ctx, query }) => progress(ctx, query),
});
