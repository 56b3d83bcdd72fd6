import type { CanarySession } from '@/lib/connectors/contract';
import type { Client } from '@/lib/connectors/keycloak/client';
import type { HeldToken } from '@/lib/connectors/keycloak/probe';
import { clock } from '@/lib/platform/clock';
import { BraidError } from '@/lib/platform/errors';

/** Keycloak serves userinfo to a token with this scope; introspection would need Braid among the token's audiences. */
const SCOPE = 'openid';

/** Logs in as the canary; its last token is kept in memory, so that a probe can try it after the block. */
export function canaryAt(client: Client, clientId: string | undefined, secret: string) {
  let held: HeldToken | undefined;
  return {
    heldOf: (name: string) => (name === clientId ? held : undefined),
    secretOf: (name: string) => (name === clientId && secret ? secret : undefined),
    async enter(name: string): Promise<CanarySession | null> {
      if (!clientId || !secret || name !== clientId)
        throw new BraidError('connector.unsupported', `No secret is held of ${name}: only the canary’s is.`);
      const got = await client.login(clientId, secret, SCOPE);
      if (!got) return null;
      held = { token: got.access_token, expiresMs: clock.ms() + (got.expires_in ?? 60) * 1_000 };
      return {
        alive: async () => (await client.statusOf('/protocol/openid-connect/userinfo', got.access_token)) !== 401,
        close: () => client.drop(clientId, secret, got.refresh_token ?? got.access_token),
      };
    },
  };
}
