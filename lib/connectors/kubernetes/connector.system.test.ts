import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Connection } from '@/lib/connectors/contract';
import { contractSuite } from '@/lib/connectors/contract-test';
import { kubernetesConnector } from '@/lib/connectors/kubernetes/connector';
import { manifest } from '@/lib/connectors/kubernetes/manifest';
import {
  api,
  authority,
  hasApiServer,
  key,
  made,
  NS,
  open,
  portOf,
  review,
  startCluster,
  stopCluster,
  tokenFor,
} from '@/lib/connectors/kubernetes/testing-cluster';
import { testingNotes } from '@/lib/connectors/testing-notes';

const ACCOUNT = `system:serviceaccount:${NS}:svc-settle`;
let version = '';
let token = '';
const opened: Connection[] = [];

const RIGHTS = [
  { apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get', 'list', 'create', 'delete'] },
  { apiGroups: [''], resources: ['pods'], verbs: ['list', 'delete'] },
  { apiGroups: [''], resources: ['secrets'], verbs: ['list', 'create', 'delete'] },
  { apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings', 'clusterrolebindings'], verbs: ['list'] },
];
const OWN_RIGHTS = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'create', 'delete'] }];
const CANARY_RIGHTS = [
  { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['svc-settle'], verbs: ['create'] },
];
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const subject = { kind: 'ServiceAccount', name: 'braid', namespace: 'braid' };
const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });

async function connect(values: Record<string, string> = {}): Promise<Connection> {
  const { config, secrets } = manifest.split({
    url: `https://127.0.0.1:${portOf()}`,
    ca: authority(),
    ownNetwork: 'true',
    token,
    canary: ACCOUNT,
    ...values,
  });
  const connection = await kubernetesConnector.connect(manifest.config.parse(config), manifest.secrets.parse(secrets), {
    connectorId: 'c',
    own: null,
    notes: testingNotes(),
  });
  opened.push(connection);
  return connection;
}

const BESIDE = 'svc-beside';
const makeAccount = () =>
  made(`/api/v1/namespaces/${NS}/serviceaccounts`, {
    metadata: {
      name: 'svc-settle',
      labels: { team: 'payments' },
      annotations: { owner: 'Payments', purpose: 'settles orders' },
    },
    imagePullSecrets: [{ name: 'registry' }],
    automountServiceAccountToken: false,
  });

describe.skipIf(!hasApiServer)('against a real API server', () => {
  beforeAll(async () => {
    await startCluster();
    version = (await api('GET', '/version')).body.gitVersion as unknown as string;
    for (const name of ['braid', NS]) await made('/api/v1/namespaces', { metadata: { name } });
    await made('/api/v1/namespaces/braid/serviceaccounts', { metadata: { name: 'braid' } });
    await made(`${RBAC}/clusterroles`, { metadata: { name: 'braid' }, rules: RIGHTS });
    await made(`${RBAC}/clusterrolebindings`, {
      metadata: { name: 'braid' },
      subjects: [subject],
      roleRef: roleRef('ClusterRole', 'braid'),
    });
    for (const [namespace, rules] of [
      ['braid', OWN_RIGHTS],
      [NS, CANARY_RIGHTS],
    ] as const) {
      await made(`${RBAC}/namespaces/${namespace}/roles`, { metadata: { name: 'braid' }, rules });
      await made(`${RBAC}/namespaces/${namespace}/rolebindings`, {
        metadata: { name: 'braid' },
        subjects: [subject],
        roleRef: roleRef('Role', 'braid'),
      });
    }
    await makeAccount();
    await made(`/api/v1/namespaces/${NS}/serviceaccounts`, { metadata: { name: BESIDE } });
    token = (await tokenFor('braid', 'braid'))!;
  });

  afterAll(async () => {
    for (const connection of opened) await connection.close();
    await stopCluster();
  });

  contractSuite(kubernetesConnector.manifest, async () => ({
    connection: await connect(),
    system: { kind: 'real' as const, name: `kube-apiserver ${version}` },
    identity: ACCOUNT,
    protectedIdentity: 'system:serviceaccount:braid:braid',
    open,
    bystander: { identity: `system:serviceaccount:${NS}:${BESIDE}`, open: () => open(BESIDE) },
    withoutHeld: () => connect({ canary: '' }),
    remove: async () => void (await api('DELETE', `/api/v1/namespaces/${NS}/serviceaccounts/svc-settle`)),
    close: async () => void (await makeAccount()),
    differs: {
      // Every token dies with its account; API servers remember one that was good for ten seconds.
      blockEnds: true,
      settleMs: 12_000,
      proof: { result: 'gone' as const, gaps: ['G7' as const, 'G6' as const] },
    },
  }));

  test('the account comes back as it was, under another uid: its roles hold again, tokens from before stay dead', async () => {
    const connection = await connect();
    const at = `/api/v1/namespaces/${NS}/serviceaccounts/svc-settle`;
    await made(`${RBAC}/clusterroles`, {
      metadata: { name: 'pod-reader' },
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    });
    await made(`${RBAC}/namespaces/${NS}/rolebindings`, {
      metadata: { name: 'settle' },
      subjects: [{ kind: 'ServiceAccount', name: 'svc-settle', namespace: NS }],
      roleRef: roleRef('ClusterRole', 'pod-reader'),
    });
    const bearer = (await tokenFor(NS, 'svc-settle'))!;
    const reads = async (with_: string) => (await api('GET', `/api/v1/namespaces/${NS}/pods`, undefined, with_)).status;
    for (let waited = 0; (await reads(bearer)) !== 200 && waited < 5_000; waited += 100) await sleep(100);
    expect(await reads(bearer)).toBe(200);
    const strip = ({ metadata, ...rest }: Record<string, unknown>) => {
      const { uid, resourceVersion, creationTimestamp, managedFields, ...kept } = metadata as Record<string, unknown>;
      return { uid, same: { ...rest, metadata: kept } };
    };
    const before = strip((await api('GET', at)).body);
    const hits = await connection.predict!(ACCOUNT);
    expect(hits.map((hit) => hit.what)).toContain('roles: pod-reader');
    await connection.blockIdentity!(ACCOUNT);
    expect((await api('GET', at)).status).toBe(404);
    expect((await connection.discover!()).find((one) => one.externalId === ACCOUNT)).toMatchObject({
      enabled: false,
      owner: 'Payments',
      purpose: 'settles orders',
    });
    await connection.restoreIdentity!(ACCOUNT);
    const after = strip((await api('GET', at)).body);
    expect(after.same).toEqual(before.same);
    expect(after.uid).not.toBe(before.uid);
    expect(await reads((await tokenFor(NS, 'svc-settle'))!)).toBe(200);
    for (let waited = 0; (await reads(bearer)) === 200 && waited < 12_000; waited += 250) await sleep(250);
    expect(await reads(bearer)).toBe(401);
    expect(
      (await api('GET', '/api/v1/namespaces/braid/configmaps?labelSelector=braid.blocked%3Dtrue')).body.items,
    ).toEqual([]);
  });

  test('a watch that was open goes on after every token is dead', async () => {
    const connection = await connect();
    const bearer = (await tokenFor(NS, 'svc-settle'))!;
    let seen = '';
    const watch = https.get(
      {
        host: '127.0.0.1',
        port: portOf(),
        path: `/api/v1/namespaces/${NS}/pods?watch=true&resourceVersion=0&timeoutSeconds=60`,
        rejectUnauthorized: false,
        headers: { authorization: `Bearer ${bearer}` },
      },
      (answer) => answer.on('data', (chunk) => (seen += chunk)),
    );
    watch.on('error', () => undefined);
    await sleep(500);
    await connection.blockIdentity!(ACCOUNT);
    await connection.endSessions!(ACCOUNT);
    for (let waited = 0; (await review(bearer)) && waited < 12_000; waited += 250) await sleep(250);
    expect(await review(bearer)).toBe(false);
    const { result, residuals } = await connection.probeIdentity!(ACCOUNT);
    expect(result).toBe('gone');
    expect(residuals.map((one) => one.gap)).toContain('G6');
    await made(`/api/v1/namespaces/${NS}/serviceaccounts`, { metadata: { name: 'other' } });
    const before = seen.length;
    await open('other');
    await sleep(500);
    expect(seen.length).toBeGreaterThan(before);
    watch.destroy();
    await connection.restoreIdentity!(ACCOUNT);
  });

  test('a token without an end is a session of its own, ends with its secret, and its secret is there again after a restore', async () => {
    const connection = await connect();
    const account = (await api('GET', `/api/v1/namespaces/${NS}/serviceaccounts/svc-settle`)).body
      .metadata as unknown as { uid: string };
    // What the token controller does: it signs, and puts the token into the secret.
    const legacy = async (name: string) => {
      const bearer = await new SignJWT({
        'kubernetes.io/serviceaccount/namespace': NS,
        'kubernetes.io/serviceaccount/secret.name': name,
        'kubernetes.io/serviceaccount/service-account.name': 'svc-settle',
        'kubernetes.io/serviceaccount/service-account.uid': account.uid,
      })
        .setProtectedHeader({ alg: 'RS256' })
        .setIssuer('kubernetes/serviceaccount')
        .setSubject(ACCOUNT)
        .sign(key.privateKey);
      await made(`/api/v1/namespaces/${NS}/secrets`, {
        metadata: {
          name,
          annotations: {
            'kubernetes.io/service-account.name': 'svc-settle',
            'kubernetes.io/service-account.uid': account.uid,
          },
        },
        type: 'kubernetes.io/service-account-token',
        data: { token: Buffer.from(bearer).toString('base64') },
      });
      return bearer;
    };
    const bearer = await legacy('old-1');
    await legacy('old-2');
    const sessions = (await connection.listSessions!()).filter((one) => one.key.startsWith('secret:'));
    expect(sessions.map((one) => one.label).sort()).toEqual([`secret ${NS}/old-1`, `secret ${NS}/old-2`]);
    expect(JSON.stringify(sessions)).not.toContain(bearer);
    const meant = sessions.find((one) => one.native.name === 'old-1')!;
    expect(await connection.terminateSession!(meant)).toMatchObject({ state: 'effective', affected: 1 });
    expect(await connection.probeSession!(meant)).toMatchObject({ result: 'gone' });
    expect(await review(bearer)).toBe(false);
    await connection.blockIdentity!(ACCOUNT);
    expect(await connection.endSessions!(ACCOUNT)).toMatchObject({ affected: 1, detail: '1 token secret removed' });
    await connection.restoreIdentity!(ACCOUNT);
    const { body } = await api('GET', `/api/v1/namespaces/${NS}/secrets/old-2`);
    expect(body).toMatchObject({ type: 'kubernetes.io/service-account-token' });
    await api('DELETE', `/api/v1/namespaces/${NS}/secrets/old-2`);
  });

  test('an account a cloud trusts leaves tokens the cluster is not asked about', async () => {
    const connection = await connect();
    await made(`/api/v1/namespaces/${NS}/serviceaccounts`, {
      metadata: {
        name: 'uploads',
        annotations: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/uploads' },
      },
    });
    const id = `system:serviceaccount:${NS}:uploads`;
    await connection.blockIdentity!(id);
    const { residuals } = await connection.probeIdentity!(id);
    expect(residuals.find((one) => one.gap === 'G2')).toMatchObject({
      what: 'tokens it has shown as arn:aws:iam::123456789012:role/uploads',
    });
  });

  test('a test names each missing right with the rule that grants it', async () => {
    await made('/api/v1/namespaces/braid/serviceaccounts', { metadata: { name: 'poor' } });
    const poor = (await tokenFor('braid', 'poor'))!;
    const before = await (await connect({ token: poor })).test();
    expect(before.ok).toBe(false);
    expect(before.checks.find((check) => check.check === 'See and end pods')).toMatchObject({
      ok: false,
      fix: '- apiGroups: [""]\n  resources: ["pods"]\n  verbs: ["list", "delete"]',
    });
    expect(before.checks.filter((check) => check.fix)).toHaveLength(7);
    await expect(connect({ token: 'x' })).rejects.toMatchObject({ code: 'connector.refused' });
    await expect(connect({ ca: '' })).rejects.toMatchObject({ code: 'connector.unreachable' });
  });
});
