import { z } from 'zod';
import { refusalOf } from '@/lib/connectors/answer-model';
import type { Config, Secrets } from '@/lib/connectors/oidc/manifest';
import { type Registrations, registrations } from '@/lib/connectors/oidc/registration';
import { revokeGlobally } from '@/lib/connectors/oidc/revoke-globally';
import type { Held } from '@/lib/connectors/oidc/settings-model';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';
import { outboundFetch } from '@/lib/platform/outbound-fetch';

const url = z.string().max(2000).optional();
const metadataSchema = z.object({
  issuer: z.string().max(2000),
  token_endpoint: url,
  introspection_endpoint: url,
  revocation_endpoint: url,
  jwks_uri: url,
  global_token_revocation_endpoint: url,
  token_endpoint_auth_methods_supported: z.array(z.string().max(100)).max(50).optional(),
});
export type Metadata = z.infer<typeof metadataSchema>;

const introspectionSchema = z.object({
  active: z.boolean(),
  sub: z.string().optional(),
  jti: z.string().optional(),
  iat: z.number().optional(),
  exp: z.number().optional(),
});
/** `unsupported`: a kind of token, such as a signed one, that this provider does not answer for. */
export type Introspection = z.infer<typeof introspectionSchema> & { unsupported?: true };

export interface Redeemed {
  access_token: string;
  refresh_token?: string;
}

export interface Client extends Registrations {
  metadata: Metadata;
  /** RFC 7662. Throws where the provider has no introspection or does not let Braid's client ask. */
  introspect(token: string): Promise<Introspection>;
  /** RFC 7009, as Braid's client or as the token's own where its secret is held. Throws `connector.refused` with the error. */
  revoke(held: Pick<Held, 'kind' | 'value'>, as?: { id: string; secret: string }): Promise<void>;
  /** A token by the client's own credential; null: refused. `refresh` given: the grant it stands for. */
  mint(as: { id: string; secret: string }, refresh?: string): Promise<Redeemed | null>;
  /** Global Token Revocation of one subject: the status it was answered with. */
  revokeGlobally(subject: string): Promise<number>;
}

const basic = (id: string, secret: string): string => {
  const part = (text: string) => new URLSearchParams({ v: text }).toString().slice(2);
  return `Basic ${Buffer.from(`${part(id)}:${part(secret)}`).toString('base64')}`;
};

/** OpenID Discovery, else RFC 8414. The issuer it names has to be the one asked for. */
async function discover(fetch: typeof globalThis.fetch, issuer: string): Promise<Metadata> {
  const { origin, pathname } = new URL(issuer);
  const path = pathname.replace(/\/$/, '');
  const places = [
    `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ];
  for (const place of places) {
    const answer = await fetch(place, { headers: { accept: 'application/json' } });
    if (!answer.ok) continue;
    const read = metadataSchema.safeParse(await answer.json().catch(() => null));
    if (!read.success) continue;
    if (read.data.issuer !== issuer)
      throw new BraidError(
        'connector.refused',
        `The provider calls itself ${read.data.issuer.slice(0, 300)}, not ${issuer}.`,
      );
    return read.data;
  }
  throw new BraidError('connector.refused', `${issuer} has no discovery document.`);
}

export async function openClient(config: Config, secrets: Secrets): Promise<Client> {
  const fetch = outboundFetch({ ownNetwork: config.ownNetwork, ...(config.ca ? { ca: config.ca } : {}) });
  const metadata = await discover(fetch, config.issuer);
  const methods = metadata.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
  const post = !methods.includes('client_secret_basic') && methods.includes('client_secret_post');
  const nope = (answer: Response, said: string) =>
    refusalOf(answer.status, answer.headers.get('retry-after'), clock.ms(), said);

  const form = (
    to: string | undefined,
    what: string,
    as: { id: string; secret: string },
    values: Record<string, string>,
  ) => {
    if (!to) throw new BraidError('connector.refused', `The provider’s metadata names no ${what} endpoint.`);
    const inBody = post || !as.secret;
    const named = inBody ? { client_id: as.id, ...(as.secret ? { client_secret: as.secret } : {}) } : {};
    return fetch(to, {
      method: 'POST',
      headers: { accept: 'application/json', ...(inBody ? {} : { authorization: basic(as.id, as.secret) }) },
      body: new URLSearchParams({ ...values, ...named }),
    });
  };
  const own = { id: config.clientId, secret: secrets.clientSecret };
  const errorOf = async (answer: Response): Promise<string> =>
    String(((await answer.json().catch(() => ({}))) as { error?: unknown }).error ?? answer.status).slice(0, 100);
  return {
    metadata,
    async introspect(token) {
      const answer = await form(metadata.introspection_endpoint, 'introspection', own, { token });
      const error = answer.ok ? '' : await errorOf(answer);
      if (error === 'unsupported_token_type') return { active: false, unsupported: true };
      if (!answer.ok)
        throw nope(answer, `Introspection was refused (${error}): ${config.clientId} has to be allowed to introspect.`);
      const read = introspectionSchema.safeParse(await answer.json().catch(() => null));
      if (!read.success)
        throw new BraidError('connector.refused', 'Introspection was answered with what RFC 7662 does not know.');
      return read.data;
    },
    async revoke({ kind, value }, as = own) {
      const answer = await form(metadata.revocation_endpoint, 'revocation', as, {
        token: value,
        token_type_hint: kind,
      });
      if (!answer.ok) throw nope(answer, `Revocation was refused: ${await errorOf(answer)}.`);
    },
    async mint(as, refresh) {
      const values: Record<string, string> = refresh
        ? { grant_type: 'refresh_token', refresh_token: refresh }
        : { grant_type: 'client_credentials' };
      const answer = await form(metadata.token_endpoint, 'token', as, values);
      if (answer.ok) return (await answer.json()) as Redeemed;
      if (answer.status >= 500 || answer.status === 429)
        throw nope(answer, `The token endpoint answered ${answer.status}.`);
      return null;
    },
    ...registrations(fetch),
    revokeGlobally: (subject) =>
      revokeGlobally(fetch, config, secrets, metadata.global_token_revocation_endpoint, subject),
  };
}
