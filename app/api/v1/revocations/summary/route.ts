import { route } from '@/lib/http/route';
import { revocationSummarySchema } from '@/lib/revocations/rest-model';
import { summary } from '@/lib/revocations/summary';

export const GET = route({
  name: 'getRevocationSummary',
  summary: 'How many revocations wait, and how long click to verified takes (90 days)',
  permission: 'console.read',
  response: revocationSummarySchema,
  handle: ({ ctx }) => summary(ctx),
});
