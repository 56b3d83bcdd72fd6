import { route } from '@/lib/http/route';
import { riskOfSchema, sessionRiskSchema } from '@/lib/risks/model';
import { showSessionRisk } from '@/lib/risks/show-session-risk';

export const GET = route({
  name: 'showSessionRisk',
  summary: 'The risk of one session, independent of its credential’s, with the findings that say so',
  permission: 'console.read',
  params: riskOfSchema,
  response: sessionRiskSchema,
  handle: ({ ctx, params }) => showSessionRisk(ctx, params),
});
