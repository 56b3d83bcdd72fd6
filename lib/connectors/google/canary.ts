import { type AccountKey, ask, statementOf } from '@/lib/connectors/google/client';
import { targetOf } from '@/lib/connectors/google/found-normalise';
import type { Config, Secrets } from '@/lib/connectors/google/manifest';
import { type HeldCanary, heldCanary, triedAt } from '@/lib/connectors/held-canary';
import { BraidError } from '@/lib/platform/errors';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

/** Is this key the canary's: of the service account, or the one key that is meant? */
function isOf(key: AccountKey, canary: string | undefined): boolean {
  const target = targetOf(canary ?? '');
  if (!target || key.client_email.toLowerCase() !== target.email) return false;
  return target.kind === 'account' || key.private_key_id === target.key;
}

/** The canary is a service account, or one key of it, whose key file is held: it asks for an access token, as a workload would. */
export function canaryOf(config: Config, { canaryCredential: key }: Secrets): HeldCanary {
  return heldCanary({
    id: config.canary,
    held: key !== undefined && isOf(key, config.canary),
    enter: async () => triedAt(await ask(config, key!.token_uri, await statementOf(key!))),
    async serves(token) {
      const reply = await ask(config, new URL('/tokeninfo', key!.token_uri).href, { form: { access_token: token } });
      const error = textOf(objectOf(reply.body).error, 60) ?? textOf(objectOf(reply.body).error_description, 60) ?? '';
      if (reply.status === 200) return { served: true, saw: 'Google’s tokeninfo answered 200' };
      if ((reply.status === 400 || reply.status === 401) && /invalid/i.test(error))
        return { served: false, saw: `${reply.status} ${error}` };
      throw new BraidError('connector.refused', `Google answered tokeninfo with ${reply.status}. ${error}`.trim());
    },
  });
}
