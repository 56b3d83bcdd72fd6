import type { KeptSecret } from '@/lib/connectors/okta/testing-secrets';
import type { Answered, Asked } from '@/lib/connectors/testing-double';

/** What of an org’s double credentials are tried against. */
interface CanaryWorld {
  apps: Map<string, { status: string }>;
  apiTokens: Map<string, unknown>;
  users: Map<string, { id: string; login: string; status: string; sessions: number }>;
  secrets: Map<string, KeptSecret[]>;
  sent: Map<string, { user: string; apiToken: string }>;
  access: Map<string, { app: string; until: number }>;
  tokenDown: number | null;
}

// What an org answers to those who hold a credential: an app at a custom authorization server, an account by its API token.

const refused: Answered = {
  status: 401,
  body: { error: 'invalid_client', error_description: 'The client is unknown or not active, or its secret is wrong.' },
};

/** The app that asks, where it is active and its secret is right. */
function appOf(world: CanaryWorld, asked: Asked): string | null {
  const basic = /^Basic (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '';
  const [id, secret] = Buffer.from(basic, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  const known =
    id !== undefined && world.secrets.get(id)?.some((one) => one.status === 'ACTIVE' && one.value === secret) === true;
  return known && world.apps.get(id)?.status === 'ACTIVE' ? id : null;
}

/** The account whose API token is sent. A token lives with itself and with its account. */
export function holderOf(world: CanaryWorld, asked: Asked) {
  const sent = world.sent.get(/^SSWS (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '');
  return sent && world.users.get(sent.user);
}

export function takes(world: CanaryWorld, apiToken: string): boolean {
  const sent = world.sent.get(apiToken);
  return sent !== undefined && world.apiTokens.has(sent.apiToken) && world.users.get(sent.user)?.status === 'ACTIVE';
}

export function canaryAnswers(world: CanaryWorld): Record<string, (asked: Asked) => Answered> {
  const formOf = (asked: Asked) => asked.body as Record<string, string>;
  const live = (token: string) => (world.access.get(token)?.until ?? 0) > Date.now();
  return {
    'POST /oauth2/default/v1/token': (asked) => {
      if (world.tokenDown) return { status: world.tokenDown, body: { error: 'server_error' } };
      const app = appOf(world, asked);
      if (!app) return refused;
      if (formOf(asked).scope !== 'canary') return { status: 400, body: { error: 'invalid_scope' } };
      const token = `at-${app}-${world.access.size}`;
      world.access.set(token, { app, until: Date.now() + 3_600_000 });
      return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: 3_600 } };
    },
    'POST /oauth2/default/v1/introspect': (asked) =>
      appOf(world, asked) ? { status: 200, body: { active: live(formOf(asked).token!) } } : refused,
    'POST /oauth2/default/v1/revoke': (asked) => {
      if (!appOf(world, asked)) return refused;
      world.access.delete(formOf(asked).token!);
      return { status: 200 };
    },
  };
}
