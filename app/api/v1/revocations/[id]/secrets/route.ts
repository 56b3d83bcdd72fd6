import { route } from '@/lib/http/route';
import { listSecrets } from '@/lib/revocations/list-secrets';
import { refSchema } from '@/lib/revocations/model';
import { newSecretsSchema } from '@/lib/revocations/rotated/model';

export const GET = route({
  name: 'listNewSecrets',
  summary: 'The secrets a rotation made, without what they are: which can be taken, which were',
  permission: 'console.read',
  params: refSchema,
  response: newSecretsSchema,
  handle: ({ ctx, params }) => listSecrets(ctx, params),
});
