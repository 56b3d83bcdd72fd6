import { route } from '@/lib/http/route';
import { left } from '@/lib/revocations/left';
import { leftSchema } from '@/lib/revocations/left/model';
import { refSchema } from '@/lib/revocations/model';

export const GET = route({
  name: 'getResidualAccess',
  summary: 'What may still be used after a revocation, now: sessions, tokens, delegations',
  permission: 'console.read',
  params: refSchema,
  response: leftSchema,
  handle: ({ ctx, params }) => left(ctx, params),
});
