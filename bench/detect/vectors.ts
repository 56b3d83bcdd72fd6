// Rule vectors: plain sequences of what should and should not be found, written from the rules rather than from the detectors,
// each perturbed by gap, address, agent, order and lateness. What is missed is published, not mended by the vector.
import { fact, HOUR, MINUTE, type Recorded, type Told } from '@/bench/detect/records';
import type { Scenario } from '@/bench/detect/scenarios';
import { type Chance, chance } from '@/bench/lab/chance';
import type { Detector } from '@/lib/findings/model';

type Step = Omit<Told, 'at' | 'who'> & {
  /** Minutes after the beginning. */
  at: number;
};
interface Vector {
  name: string;
  expects: Detector[];
  /** May be found as well. */
  also?: Detector[];
  kind?: Told['kind'];
  type?: string;
  steps: Step[];
}

const START = Date.UTC(2026, 8, 14, 8);
/** Amazon, two of its systems; hosting elsewhere. */
const [CLOUD, CLOUD_TOO, AWAY] = ['3.225.16.109', '52.46.1.1', '185.20.1.1'];
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

/** Another last octet of the same network, another version's build, a longer pause, another order of what happens at once, or late. */
function perturbed({ steps, name, kind, type }: Vector, n: number, random: Chance): Recorded[] {
  const who = `vector ${name} ${n}`;
  const octet = random.whole(1, 250);
  const slower = n === 0 ? 1 : 1 + random.next() / 4;
  const own = <T extends { externalId: string }>(of: T): T => ({ ...of, externalId: `${of.externalId} ${who}` });
  const records = steps.map(({ at, session, network, credential, life, ...step }) =>
    fact({
      ...step,
      ...(kind ? { kind } : {}),
      ...(type ? { type } : {}),
      who,
      at: START + n * HOUR * 24 + Math.round(at * (step.expiresAt ? 1 : slower) * MINUTE),
      session: session ? `${session} ${who}` : null,
      network: network ? network.replace(/\d+$/, String(n === 0 ? 7 : octet)) : null,
      ...(credential ? { credential: own(credential) } : {}),
      ...(life ? { life: own(life) } : {}),
      ...(step.expiresAt ? { expiresAt: new Date(Date.parse(step.expiresAt) + n * HOUR * 24).toISOString() } : {}),
    }),
  );
  // Late: one record is written after those that followed it.
  const late = n % 2 === 1 && records.length > 2 ? random.whole(0, records.length - 2) : -1;
  return late < 0 ? records : records.map((one, index) => (index === late ? { ...one, at: records.at(-1)!.at } : one));
}

/** Every vector `times` times: as it stands, and then perturbed. */
export const vectorsOf = (seed: number, times: number): Scenario[] =>
  VECTORS.flatMap((vector) =>
    Array.from({ length: times }, (_, n) => ({
      name: `${vector.name}${n === 0 ? '' : ` (perturbed ${n})`}`,
      expects: vector.expects,
      ...(vector.also ? { also: vector.also } : {}),
      records: perturbed(vector, n, chance(seed * 1000 + n)),
    })),
  );
