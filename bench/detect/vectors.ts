// Rule vectors: plain sequences of what should and should not be found, written from the rules rather than from the detectors,
// each perturbed by gap, address, agent, order and lateness. What is missed is published, not mended by the vector.
import { MINUTE, type Told } from '@/bench/detect/records';
import type { Detector } from '@/lib/findings/model';

type Step = Omit<Told, 'at' | 'who'> & {
  /** Minutes after the beginning. */
  at: number;
};
export interface Vector {
  name: string;
  expects: Detector[];
  /** May be found as well. */
  also?: Detector[];
  kind?: Told['kind'];
  type?: string;
  steps: Step[];
}

export const START = Date.UTC(2026, 8, 14, 8);
/** Amazon, two of its systems; hosting elsewhere; Russia; an office, and a phone beside it. */
const [CLOUD, CLOUD_TOO, AWAY, RUSSIA] = ['3.225.16.109', '52.46.1.1', '185.20.1.1', '77.88.55.60'];
const [OFFICE, PHONE] = ['217.110.4.9', '109.40.1.9'];
const key = { externalId: 'KEY', kind: 'token' };
const ended = { of: 'credential', what: 'deleted', externalId: 'KEY' } as const;
const refused = { class: 'approval', action: 'deploy.approve', outcome: 'failure' } as const;
const refresh = {
  class: 'session',
  action: 'REFRESH_TOKEN',
  network: CLOUD,
  agent: 'orders-api',
  session: 's',
} as const;
const reuse = { ...refresh, action: 'oauth2.token.detect_reuse', tags: ['refresh_token_reuse'] };
const lifetime = (minutes: number) => new Date(START + minutes * MINUTE).toISOString();
const use = { session: 's', network: CLOUD, agent: 'Boto3', credential: key } as const;
const thief = { ...use, network: AWAY, agent: 'aws-cli' };
const shared = { session: 'k', credential: { externalId: 'AKIA', kind: 'access_key' } } as const;
const program = { ...shared, network: CLOUD, agent: 'Boto3' } as const;
const changed = { class: 'change', action: 'orders.update' } as const;
const pod = { type: 'serviceAccount', session: 's', network: '10.1.2.3' };

export const VECTORS: Vector[] = [
  {
    name: 'a deleted key is used',
    expects: ['survival'],
    steps: [
      { at: 0, ...use },
      { at: 5, action: 'key.delete', class: 'change', life: ended },
      { at: 9, ...use },
    ],
  },
  {
    name: 'a deleted key’s session signs out',
    expects: [],
    steps: [
      { at: 0, ...use },
      { at: 5, action: 'key.delete', class: 'change', life: ended },
      { at: 6, ...use, action: 'LOGOUT', class: 'session', phase: 'close' },
    ],
  },
  {
    name: 'used past its end, beside a failed RefreshSchemas',
    expects: ['outlived'],
    steps: [
      { at: 0, ...use, expiresAt: lifetime(5) },
      { at: 4, ...use, action: 'dms:RefreshSchemas', outcome: 'failure' },
      { at: 20, ...use },
    ],
  },
  {
    name: 'renewed before its end',
    expects: [],
    steps: [
      { at: 0, ...use, expiresAt: lifetime(15) },
      { at: 4, ...use, action: 'auth/token/renew-self', expiresAt: lifetime(60) },
      { at: 20, ...use },
    ],
  },
  {
    name: 'three refusals after a granted run of the morning',
    expects: ['failed-approvals'],
    steps: [0, 1, 2]
      .map((at): Step => ({ at, ...refused }))
      .concat(
        [{ at: 3, ...refused, outcome: 'success' }],
        [480, 481, 482].map((at): Step => ({ at, ...refused })),
      ),
  },
  {
    name: 'refusals of the night and one of now',
    expects: [],
    steps: [
      { at: 0, ...refused },
      { at: 1, ...refused },
      { at: 600, ...refused },
    ],
  },
  {
    name: 'a refresh token is replayed by another client elsewhere',
    expects: ['token-reuse'],
    also: ['replay', 'travel'],
    steps: [
      { at: 0, ...refresh },
      { at: 9, ...reuse, network: AWAY, agent: 'curl' },
    ],
  },
  {
    name: 'a refresh asks for more than was granted',
    expects: ['scope-growth'],
    steps: [
      { at: 0, ...use, scope: 'orders:read profile' },
      {
        at: 9,
        ...use,
        class: 'session',
        action: 'REFRESH_TOKEN',
        scope: 'admin:full',
        parent: { how: 'refresh', credential: 'rt' },
      },
    ],
  },
  {
    name: 'a refresh asks for less',
    expects: [],
    steps: [
      { at: 0, ...use, scope: 'admin:full orders:read' },
      {
        at: 9,
        ...use,
        class: 'session',
        action: 'REFRESH_TOKEN',
        scope: 'orders:read',
        parent: { how: 'refresh', credential: 'rt' },
      },
    ],
  },
  {
    name: 'Helm and kubectl of a pipeline',
    expects: [],
    type: 'serviceAccount',
    steps: [
      { at: 0, ...pod, agent: 'Helm', action: 'list releases' },
      { at: 1, ...pod, agent: 'kubectl', action: 'patch deployments', class: 'change' },
    ],
  },
  {
    name: 'hands in a pod beside an API',
    expects: ['human-use'],
    type: 'serviceAccount',
    steps: [
      { at: 0, ...pod, agent: 'orders-api', action: 'list pods' },
      { at: 1, ...pod, agent: 'kubectl', action: 'create pods/exec', class: 'change' },
    ],
  },
  {
    name: 'one session by two holders in turn',
    expects: ['replay'],
    also: ['travel'],
    steps: [
      { at: 0, ...use },
      { at: 5, ...thief },
      { at: 9, ...use },
    ],
  },
  {
    name: 'one key by a thief after a pause of forty minutes',
    expects: ['replay'],
    also: ['travel'],
    steps: [
      { at: 0, ...use },
      { at: 3, ...use },
      { at: 43, ...thief },
      { at: 46, ...use },
    ],
  },
  {
    name: 'one key, two interleaved sessions, two clients and countries',
    expects: ['replay'],
    also: ['travel', 'read-change-split'],
    steps: [
      { at: 0, ...use },
      { at: 2, ...thief, session: 't' },
      { at: 4, ...use },
      { at: 6, ...thief, session: 't' },
    ],
  },
  {
    name: 'one access key: a service in one cloud and a pipeline abroad in turn, both of which read and change',
    expects: [],
    steps: Array.from(
      { length: 24 },
      (_, n): Step => ({
        at: n * 2,
        ...(n % 3 === 1 ? { ...shared, network: RUSSIA, agent: 'Terraform' } : program),
        ...(n % 4 ? {} : changed),
      }),
    ),
  },
  {
    name: 'one access key: a developer at the office, at home and by phone, with two tools',
    expects: [],
    steps: [OFFICE, PHONE, OFFICE, PHONE, '91.12.33.4', OFFICE].flatMap((network, n): Step[] => [
      { at: n * 40, ...shared, network, agent: n % 2 ? 'aws-cli' : 'Terraform', ...(n % 2 ? {} : changed) },
      { at: n * 40 + 3, ...shared, network, agent: 'aws-cli' },
    ]),
  },
  {
    name: 'one access key: a laptop whose VPN goes on and off',
    expects: [],
    steps: Array.from(
      { length: 16 },
      (_, n): Step => ({
        at: n * 2,
        ...shared,
        network: n % 4 < 2 ? OFFICE : CLOUD,
        agent: n % 2 ? 'aws-cli' : 'Terraform',
      }),
    ),
  },
  {
    name: 'one access key: two programs of a fleet behind the gateways of two regions',
    expects: [],
    steps: Array.from(
      { length: 40 },
      (_, n): Step => ({
        at: n,
        ...shared,
        network: [CLOUD, CLOUD_TOO, '34.240.91.7'][n % 3]!,
        agent: n % 3 ? 'Boto3' : 'aws-cli',
        ...(n % 5 ? {} : changed),
      }),
    ),
  },
  {
    name: 'one access key reads at the office’s program and changes from a phone’s network by another',
    expects: ['read-change-split'],
    steps: Array.from(
      { length: 24 },
      (_, n): Step => ({ at: n, ...shared, network: OFFICE, agent: 'orders-api' }),
    ).concat(
      Array.from(
        { length: 5 },
        (_, n): Step => ({
          at: n * 4 + 0.5,
          ...shared,
          ...changed,
          network: PHONE,
          agent: 'aws-cli',
        }),
      ),
    ),
  },
  {
    name: 'one access key: a worker beside others of a pool has only read so far',
    expects: [],
    steps: Array.from(
      { length: 30 },
      (_, n): Step => ({
        at: n,
        ...shared,
        network: n % 2 ? OFFICE : CLOUD,
        agent: n % 2 ? 'orders-api' : 'orders-batch',
        ...(n % 6 < 2 ? changed : {}),
      }),
    ).concat([9, 10].map((at): Step => ({ at: at + 0.5, ...shared, network: PHONE, agent: 'orders-report' }))),
  },
  {
    name: 'one session at two systems of one cloud',
    expects: [],
    steps: [
      { at: 0, ...use },
      { at: 5, ...use, network: CLOUD_TOO },
      { at: 9, ...use },
    ],
  },
  {
    name: 'nine workers of a pool on one key',
    expects: [],
    steps: Array.from(
      { length: 27 },
      (_, n): Step => ({ at: n / 3, ...use, session: `w${n % 9}`, network: `3.225.${n % 9}.7` }),
    ),
  },
];
