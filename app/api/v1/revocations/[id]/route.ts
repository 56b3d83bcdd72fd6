import { route } from '@/lib/http/route';
import { refSchema } from '@/lib/revocations/model';
import { revocationDetailSchema } from '@/lib/revocations/rest-model';
import { show } from '@/lib/revocations/show';

export const GET = route({
  name: 'getRevocation',
  summary: 'One revocation with steps, proofs, residuals and the allows that were in flight',
  permission: 'console.read',
  params: refSchema,
  response: revocationDetailSchema,
  handle: ({ ctx, params }) => show(ctx, params),
});
