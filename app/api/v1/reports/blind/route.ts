import { blindReport } from '@/lib/allotments/blind-report';
import { blindQuerySchema, blindReportSchema } from '@/lib/allotments/model';
import { route } from '@/lib/http/route';

export const GET = route({
  name: 'blindReport',
  summary: 'The share of value decided without knowing shared state, and the variance of every enforcement point.',
  permission: 'console.read',
  query: blindQuerySchema,
  response: blindReportSchema,
  handle: ({ ctx, query }) => blindReport(ctx, query),
});
