import http from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

// A real OpenID provider (oidc-provider, certified) on a free port, for suites.

export interface TestProvider {
  issuer: string;
  provider: Provider;
  /** Registers a client; answers its registration. */
  register(metadata: object): Promise<Record<string, string>>;
  /** A refresh token of the client for that subject, as a sign-in would leave it behind. */
  grant(clientId: string, subject: string, sid?: string): Promise<{ refresh: string; access: string }>;
  token(clientId: string, secret: string, values: Record<string, string>): Promise<Record<string, string> | undefined>;
  stop(): Promise<void>;
}

export const basic = (id: string, secret: string): string =>
  `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

/** Its `before` may answer what the provider has not, such as Global Token Revocation. */
export async function startProvider(
  configuration: Configuration = {},
  before?: (request: http.IncomingMessage, response: http.ServerResponse, provider: Provider) => Promise<boolean>,
): Promise<TestProvider> {
  let provider: Provider;
  const server = http.createServer(async (request, response) => {
    if (before && (await before(request, response, provider))) return;
    void provider.callback()(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provider = new Provider(issuer, {
    ...configuration,
    clients: [
      {
        client_id: 'braid',
        client_secret: 'braid-secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
      ...(configuration.clients ?? []),
    ],
    findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    features: {
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: () => true },
      introspection: { enabled: true, allowedPolicy: () => true },
      registration: { enabled: true },
      registrationManagement: { enabled: true, rotateRegistrationAccessToken: true },
      backchannelLogout: { enabled: true },
      devInteractions: { enabled: false },
      ...configuration.features,
    } as NonNullable<Configuration['features']>,
  });
  return {
    issuer,
    provider,
    async register(metadata) {
      const answer = await fetch(`${issuer}/reg`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ redirect_uris: [], response_types: [], ...metadata }),
      });
      if (!answer.ok) throw new Error(await answer.text());
      return (await answer.json()) as Record<string, string>;
    },
    async grant(clientId, subject, sid) {
      const client = (await provider.Client.find(clientId))!;
      const grant = new provider.Grant({ clientId, accountId: subject });
      grant.addOIDCScope('openid offline_access');
      const grantId = await grant.save();
      const given = {
        client,
        accountId: subject,
        grantId,
        scope: 'openid offline_access',
        gty: 'authorization_code',
        ...(sid ? { sid } : {}),
      };
      const refresh = new provider.RefreshToken(given as never);
      const access = new provider.AccessToken(given as never);
      return { refresh: await refresh.save(), access: await access.save() };
    },
    async token(clientId, secret, values) {
      const answer = await fetch(`${issuer}/token`, {
        method: 'POST',
        headers: { authorization: basic(clientId, secret) },
        body: new URLSearchParams(values),
      });
      return answer.ok ? ((await answer.json()) as Record<string, string>) : undefined;
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
