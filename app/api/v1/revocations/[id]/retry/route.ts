import { route } from '@/lib/http/route';
import { refSchema, requestedSchema } from '@/lib/revocations/model';
import { retry } from '@/lib/revocations/retry';

export const POST = route({
  name: 'retryRevocation',
  summary: 'Does the steps in connected systems again, now',
  permission: 'console.read', // the verb asks for what the revocation itself needed
  params: refSchema,
  response: requestedSchema,
  status: 202,
  handle: ({ ctx, params }) => retry(ctx, params),
});
