import { askToken, bareClients, refusedBy } from '@/lib/connectors/entra/client';
import { targetOf } from '@/lib/connectors/entra/found-normalise';
import type { Config, Secrets } from '@/lib/connectors/entra/manifest';
import { type Reads, rawPrincipal } from '@/lib/connectors/entra/read';
import { type HeldCanary, heldCanary, triedAt } from '@/lib/connectors/held-canary';
import { textOf } from '@/lib/sessions/loose-model';

/** The canary is a service principal whose secret or certificate is held: it asks for a token of Graph, as its application would. */
export function canaryOf(reads: Reads, config: Config, { canarySecret }: Secrets): HeldCanary {
  const { login, graph } = bareClients(config);
  const target = targetOf(config.canary ?? '');
  const id = target?.kind === 'principal' ? target.id : null;
  return heldCanary({
    id: config.canary,
    held: id !== null && canarySecret !== '',
    async enter() {
      const clientId = textOf((await rawPrincipal(reads, id!))?.appId, 36);
      if (!clientId) return { verdict: 'unclear', saw: 'no such service principal' };
      const certificate = canarySecret.includes('-----BEGIN') ? canarySecret : '';
      return triedAt(await askToken(login, config, { clientId, clientSecret: canarySecret, certificate }));
    },
    // It may read nothing: a refusal for want of a permission is an answer to a token that was taken.
    async serves(token) {
      const headers = { authorization: `Bearer ${token}` };
      const reply = await graph('GET', `/v1.0/servicePrincipals/${id}`, { query: { $select: 'id' }, headers });
      if (![200, 401, 403].includes(reply.status)) throw refusedBy('GET servicePrincipals', reply);
      return { served: reply.status !== 401, saw: `Microsoft Graph answered ${reply.status}` };
    },
  });
}
