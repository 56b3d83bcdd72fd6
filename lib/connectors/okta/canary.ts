import { type HeldCanary, heldCanary, triedAt, type Ways } from '@/lib/connectors/held-canary';
import { assertionOf, bareClient, saidBy } from '@/lib/connectors/okta/client';
import { targetOf } from '@/lib/connectors/okta/found-normalise';
import type { Config, Secrets } from '@/lib/connectors/okta/manifest';
import { BraidError } from '@/lib/platform/errors';
import type { Rest, RestReply } from '@/lib/platform/rest';
import { objectOf, textOf } from '@/lib/sessions/loose-model';

/** An account’s own API token: Okta asks about the account with every use of it. */
function byApiToken(send: Rest, token: string): Pick<Ways, 'enter' | 'serves'> {
  const use = () => send('GET', '/api/v1/users/me', { headers: { authorization: `SSWS ${token}` } });
  const saw = (reply: RestReply) => `${reply.status} ${saidBy(reply)}`.trim();
  return {
    async enter() {
      const reply = await use();
      if (reply.status === 200) return { verdict: 'accepted', saw: 'its API token is taken', token, until: null };
      return { verdict: reply.status === 401 ? 'refused' : 'unclear', saw: saw(reply) };
    },
    async serves() {
      const reply = await use();
      if (reply.status !== 200 && reply.status !== 401)
        throw new BraidError('connector.refused', `Okta answered the canary with ${saw(reply)}.`);
      return { served: reply.status === 200, saw: saw(reply) };
    },
  };
}

/** A service app asks for a token as itself, with its secret or its private key. */
function asApp(send: Rest, config: Config, clientId: string, secret: string): Pick<Ways, 'enter' | 'serves' | 'drop'> {
  const server = config.canaryServer ? `/oauth2/${config.canaryServer}` : '/oauth2';
  const isKey = /^\s*\{|-----BEGIN/.test(secret);
  const basic = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret)}`).toString('base64');
  const post = async (path: string, form: Record<string, string>): Promise<RestReply> => {
    const audience = `${config.orgUrl}${server}${path}`;
    const proof = isKey ? await assertionOf({ clientId, privateKey: secret }, audience) : {};
    const headers: Record<string, string> = isKey ? {} : { authorization: `Basic ${basic}` };
    return send('POST', `${server}${path}`, { form: { ...form, ...proof }, headers });
  };
  const scope = config.canaryScope;
  return {
    enter: async () =>
      triedAt(await post('/v1/token', { grant_type: 'client_credentials', ...(scope ? { scope } : {}) })),
    // An app that was deactivated may not even ask about its token: that says nothing about the token, which goes on elsewhere.
    async serves(token) {
      const reply = await post('/v1/introspect', { token, token_type_hint: 'access_token' });
      if (reply.status === 200) {
        const active = objectOf(reply.body).active === true;
        return { served: active, saw: `introspection says ${active ? 'active' : 'not active'}` };
      }
      const error = textOf(objectOf(reply.body).error, 60) ?? '';
      if (error === 'invalid_client')
        return { served: true, saw: 'Okta no longer answers the app about it; its receivers check it by themselves' };
      throw new BraidError('connector.refused', `Okta answered introspection with ${reply.status} ${error}.`);
    },
    async drop(token) {
      await post('/v1/revoke', { token, token_type_hint: 'access_token' });
    },
  };
}

/** The canary is a service app that asks for tokens, or the account behind an API token: both can be given back. */
export function canaryOf(config: Config, { canarySecret }: Secrets): HeldCanary {
  const target = targetOf(config.canary ?? '');
  const send = bareClient(config);
  const ways =
    target?.kind === 'user' ? byApiToken(send, canarySecret) : asApp(send, config, target?.id ?? '', canarySecret);
  const held = canarySecret !== '' && (target?.kind === 'user' || target?.kind === 'app');
  return heldCanary({ id: config.canary, held, ...ways });
}
