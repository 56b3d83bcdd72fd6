import { route } from '@/lib/http/route';
import { hitsQuerySchema, hitsSchema } from '@/lib/revocations/bulk-model';
import { predictHits } from '@/lib/revocations/predict-hits';

export const GET = route({
  name: 'predictHits',
  summary: 'What the systems themselves say would be hit beside these identities; asks them, changes nothing',
  permission: 'console.read',
  query: hitsQuerySchema,
  response: hitsSchema,
  handle: ({ ctx, query }) => predictHits(ctx, query),
});
