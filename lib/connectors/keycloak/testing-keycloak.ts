import fs from 'node:fs';
import path from 'node:path';
import { startServer, type TestServer } from '@/lib/connectors/testing-server';

/** A realm of a Keycloak that a suite started, with what its tests do as the realm's administrator. */
export interface TestRealm {
  url: string;
  realm: string;
  server: TestServer;
  admin<T = unknown>(method: string, path: string, body?: unknown): Promise<T>;
  login(clientId: string, scope?: string, secret?: string): Promise<Record<string, string> | undefined>;
  token(values: Record<string, string>): Promise<Record<string, string> | undefined>;
  makeClient(clientId: string, more?: object): Promise<string>;
  giveRoles(clientId: string, roles: string[]): Promise<void>;
  stop(): Promise<void>;
}

const REALM = 'production';
const PASSWORD = 'only-for-tests';
export const secretOf = (clientId: string): string => `${clientId}-secret`;

/** Keycloak's folder: BRAID_KEYCLOAK_HOME, else where .ci/systems puts it. */
function home(): string {
  const found = [process.env.BRAID_KEYCLOAK_HOME, path.resolve('.ci/.systems/keycloak')].find(
    (folder) => folder && fs.existsSync(path.join(folder, 'bin/kc.sh')),
  );
  if (found) return found;
  throw new Error(
    'Keycloak is not installed: set BRAID_KEYCLOAK_HOME to an unpacked keycloak-quarkus-dist, built with --db=dev-mem',
  );
}

/** Keycloak 26 in memory, on a free port. Up in about 20 s. */
export async function startKeycloak(): Promise<TestRealm> {
  const folder = home();
  const server = await startServer({
    title: 'Keycloak (Maven Central: org.keycloak:keycloak-quarkus-dist)',
    command: path.join(folder, 'bin/kc.sh'),
    args: ({ port }) => [
      'start',
      '--optimized',
      '--http-enabled=true',
      '--http-host=127.0.0.1',
      `--http-port=${port}`,
      '--hostname-strict=false',
      '--cache=local',
    ],
    env: () => ({
      KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
      KC_BOOTSTRAP_ADMIN_PASSWORD: PASSWORD,
      JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
    }),
    ready: async ({ port }) => (await fetch(`http://127.0.0.1:${port}/realms/master`)).ok,
    withinMs: 150_000,
  });
  const url = `http://127.0.0.1:${server.port}`;
  return { server, ...(await open(url)), stop: () => server.stop() };
}

async function tokenAt(url: string, realm: string, values: Record<string, string>) {
  const answer = await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams(values),
  });
  return answer.ok ? ((await answer.json()) as Record<string, string>) : undefined;
}

async function open(url: string): Promise<Omit<TestRealm, 'server' | 'stop'>> {
  const admin = async <T>(method: string, where: string, body?: unknown): Promise<T> => {
    const asAdmin = { grant_type: 'password', client_id: 'admin-cli', username: 'admin', password: PASSWORD };
    const bearer = (await tokenAt(url, 'master', asAdmin))!.access_token;
    const answer = await fetch(`${url}/admin/realms${where}`, {
      method,
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${where}: ${answer.status} ${text}`);
    return (text ? JSON.parse(text) : undefined) as T;
  };
  await admin('POST', '', {
    realm: REALM,
    enabled: true,
    eventsEnabled: true,
    adminEventsEnabled: true,
    adminEventsDetailsEnabled: true,
    accessTokenLifespan: 300,
  });
  const find = async (clientId: string) => {
    const [row] = await admin<{ id: string }[]>('GET', `/${REALM}/clients?clientId=${clientId}`);
    return row!.id;
  };
  return {
    url,
    realm: REALM,
    admin,
    token: (values) => tokenAt(url, REALM, values),
    login: (clientId, scope, secret = secretOf(clientId)) =>
      tokenAt(url, REALM, {
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: secret,
        ...(scope ? { scope } : {}),
      }),
    async makeClient(clientId, more = {}) {
      await admin('POST', `/${REALM}/clients`, {
        clientId,
        secret: secretOf(clientId),
        serviceAccountsEnabled: true,
        standardFlowEnabled: false,
        attributes: { 'client_credentials.use_refresh_token': 'true' },
        ...more,
      });
      return find(clientId);
    },
    async giveRoles(clientId, names) {
      const [account, management] = await Promise.all([
        admin<{ id: string }>('GET', `/${REALM}/clients/${await find(clientId)}/service-account-user`),
        find('realm-management'),
      ]);
      const roles = await admin<{ name: string }[]>('GET', `/${REALM}/clients/${management}/roles`);
      const given = roles.filter((role) => names.includes(role.name));
      await admin('POST', `/${REALM}/users/${account.id}/role-mappings/clients/${management}`, given);
    },
  };
}
