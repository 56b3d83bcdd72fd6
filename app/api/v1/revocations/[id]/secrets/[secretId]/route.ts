import { route } from '@/lib/http/route';
import { takenSecretSchema, takeSecretSchema } from '@/lib/revocations/rotated/model';
import { takeSecret } from '@/lib/revocations/take-secret';

export const POST = route({
  name: 'takeNewSecret',
  summary: 'Hands over a new secret, once: no copy is kept',
  permission: 'secret.take',
  params: takeSecretSchema,
  response: takenSecretSchema,
  handle: ({ ctx, params }) => takeSecret(ctx, params),
});
