import { route } from '@/lib/http/route';
import { abandonRuleSchema, abandonStandingSchema, setAbandonRuleSchema } from '@/lib/sessions/abandoned-model';
import { setAbandoned } from '@/lib/sessions/set-abandoned';
import { showAbandoned } from '@/lib/sessions/show-abandoned';

export const GET = route({
  name: 'showAbandonRule',
  summary: 'When a session that stands open counts as abandoned, and how many do',
  permission: 'console.read',
  response: abandonStandingSchema,
  handle: ({ ctx }) => showAbandoned(ctx),
});

export const PUT = route({
  name: 'setAbandonRule',
  summary: 'Say when a session that stands open counts as abandoned, and whether it is ended then',
  permission: 'policy.manage',
  body: setAbandonRuleSchema,
  response: abandonRuleSchema,
  handle: ({ ctx, body }) => setAbandoned(ctx, body),
});
