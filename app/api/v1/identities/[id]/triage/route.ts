import { route } from '@/lib/http/route';
import { triageInput, triageSchema } from '@/lib/triage/model';
import { show } from '@/lib/triage/show';

export const GET = route({
  name: 'showTriage',
  summary: 'Which live session of an identity to end first, and what passes until the end binds.',
  permission: 'console.read',
  params: triageInput,
  response: triageSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
