// What is wrong, what is not, and what nearly is: generated, the same for the same seed. Every scenario has identities of its
// own, so that what is found is laid to the one scenario it belongs to.

import { ESTATE } from '@/bench/detect/estate';
import {
  cloudtrail,
  DAY,
  fact,
  HOUR,
  kubernetes,
  MINUTE,
  okta,
  type Recorded,
  type Told,
} from '@/bench/detect/records';
import { type Chance, chance } from '@/bench/lab/chance';
import type { Detector } from '@/lib/findings/model';

export interface Scenario {
  name: string;
  /** What has to be found of it; none: nothing may be. */
  expects: readonly Detector[];
  /** May be found as well: another side of the same wrong. */
  also?: readonly Detector[];
  records: Recorded[];
  /** When the wrong is complete, ms; it has to be found within the minute. */
  wrongAt?: number;
}

export type Make = (n: number, random: Chance) => Omit<Scenario, 'name'>;

const START = Date.UTC(2026, 8, 7, 8, 0, 0);
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0';
const CLIENTS = [
  'aws-cli/2.15.1 Python/3.11 Linux/6.1',
  'Boto3/1.34 Python/3.12 Botocore/1.34',
  'terraform/1.7',
  'aws-sdk-go-v2/1.24 os/linux',
];

/** Addresses of one cloud region (Ireland), as an identity's own are. */
const home = (random: Chance): string => `52.${random.whole(16, 19)}.${random.whole(0, 255)}.${random.whole(1, 254)}`;
const away = (random: Chance): string => `185.${random.whole(10, 250)}.${random.whole(0, 255)}.${random.whole(1, 254)}`;

/** Eight ordinary days: some work every hour, one session at a time, from one network with one client. */
function ordinary(
  who: string,
  random: Chance,
  over: Partial<Told> & { sessions?: number; perHour?: number } = {},
): Recorded[] {
  const { sessions = 1, perHour = 3, ...told } = over;
  const records: Recorded[] = [];
  for (let hour = 0; hour < 8 * 24; hour += 2)
    for (let session = 0; session < sessions; session += 1)
      for (let n = 0; n < perHour; n += 1)
        records.push(
          fact({
            who,
            agent: 'orders-worker',
            network: '10.20.0.5',
            action: random.one(['orders.list', 'orders.get', 'orders.update']),
            session: `${who} ${hour} ${session}`,
            ...told,
            at: START - 9 * DAY + hour * HOUR + session * 1000 + n * 4 * MINUTE + random.whole(0, 30_000),
          }),
        );
  return records;
}

/** The same, and its source tells how much each took. */
const withBytes = (records: Recorded[], bytes: () => number): Recorded[] =>
  records.map((one) => ('event' in one ? { ...one, event: { ...one.event, attributes: { bytes: bytes() } } } : one));

const MAKERS: Record<string, Make> = {
  // ── replay ──
  'replay: a role session is used by another client from another network': (n, random) => {
    const [agent, other] = [CLIENTS[n % 4]!, CLIENTS[(n + 1) % 4]!];
    const [ip, stolen] = [home(random), away(random)];
    const at = (minute: number) => START + minute * MINUTE;
    const call = (minute: number, from: string, by: string, action = 'DescribeInstances') =>
      cloudtrail({
        at: at(minute),
        action,
        role: `deploy-${n}`,
        roleSession: 'pipeline',
        created: START,
        ip: from,
        agent: by,
      });
    return {
      expects: ['replay'],
      records: [call(0, ip, agent), call(3, ip, agent), call(7, stolen, other, 'ListBuckets'), call(9, ip, agent)],
      wrongAt: at(7),
    };
  },
  'replay: a browser session goes on in a script elsewhere': (n, random) => {
    const who = `anna${n}`;
    const of = {
      who,
      session: `102${who}`,
      country: 'Netherlands',
      agent: CHROME,
      ip: `145.${n + 1}.4.9`,
      device: `dt-${n}`,
    };
    const stolen = { ...of, ip: away(random), country: 'Brazil', agent: 'python-requests/2.31', device: undefined };
    return {
      expects: ['replay'],
      also: ['travel', 'binding-drift'],
      records: [
        okta({ ...of, at: START, type: 'user.session.start' }),
        okta({ ...of, at: START + 5 * MINUTE, type: 'user.authentication.sso' }),
        okta({ ...stolen, at: START + 20 * MINUTE, type: 'application.user_membership.add' }),
        okta({ ...of, at: START + 30 * MINUTE, type: 'user.authentication.sso' }),
      ],
      wrongAt: START + 20 * MINUTE,
    };
  },
  'no replay: one client behind many egress addresses': (n, random) => ({
    expects: [],
    records: Array.from({ length: 12 }, (_, k) =>
      cloudtrail({
        at: START + k * MINUTE,
        action: 'GetObject',
        service: 's3',
        role: `etl-${n}`,
        roleSession: 'job',
        created: START,
        ip: home(random),
        agent: CLIENTS[0]!,
      }),
    ),
  }),
  'no replay: a person moves from one network to another and back': (n, random) => {
    const of = { who: `bob${n}`, session: `102bob${n}`, agent: CHROME, device: `dt-b${n}`, country: 'Germany' };
    return {
      expects: [],
      records: ['91.12.1.1', away(random), '91.12.1.1'].map((ip, k) =>
        okta({ ...of, ip, at: START + k * 9 * MINUTE, type: 'user.authentication.sso' }),
      ),
    };
  },
  'no replay: one key configured on many machines': (n, random) => ({
    expects: [],
    records: Array.from({ length: 10 }, (_, k) =>
      cloudtrail({
        at: START + k * MINUTE,
        action: 'PutMetricData',
        service: 'monitoring',
        readOnly: false,
        user: `metrics-${n}`,
        key: `AKIAMETRICS${n}`,
        ip: k % 2 ? home(random) : away(random),
        agent: CLIENTS[k % 4]!,
      }),
    ),
  }),
  // ── instance credentials ──
  'instance credentials are used outside the instance': (n, random) => {
    const of = { role: `web-${n}`, roleSession: `i-0dbc91f42${(0x1000 + n).toString(16)}`, created: START };
    const ip = home(random);
    const ssm = 'aws-sdk-go/1.41.4 (go1.18.3; linux; amd64) amazon-ssm-agent/';
    return {
      expects: ['instance-credentials'],
      records: [
        cloudtrail({
          ...of,
          at: START,
          action: 'UpdateInstanceInformation',
          service: 'ssm',
          ip,
          agent: ssm,
          readOnly: false,
        }),
        cloudtrail({
          ...of,
          at: START + 6 * MINUTE,
          action: 'GetCallerIdentity',
          service: 'sts',
          ip: away(random),
          agent: CLIENTS[n % 4]!,
        }),
        cloudtrail({
          ...of,
          at: START + 6 * MINUTE + 2000,
          action: 'DescribeInstances',
          ip: away(random),
          agent: CLIENTS[n % 4]!,
        }),
      ],
      wrongAt: START + 6 * MINUTE + 2000,
    };
  },
  'no theft: an instance calls through an endpoint of its network and is given another address': (n, random) => {
    const of = { role: `app-${n}`, roleSession: `i-0aaa91f42${(0x1000 + n).toString(16)}`, created: START };
    const [first, second] = [home(random), home(random)];
    return {
      expects: [],
      records: [
        cloudtrail({
          ...of,
          at: START,
          action: 'GetObject',
          service: 's3',
          ip: '10.0.3.7',
          agent: CLIENTS[0]!,
          vpcEndpoint: 'vpce-0a1b',
        }),
        cloudtrail({ ...of, at: START + MINUTE, action: 'DescribeTags', ip: first, agent: CLIENTS[3]! }),
        cloudtrail({ ...of, at: START + 9 * MINUTE, action: 'DescribeTags', ip: second, agent: CLIENTS[3]! }),
      ],
    };
  },
  // ── one-time tokens ──
  'a refresh token comes a second time': (n, random) => ({
    expects: ['token-reuse'],
    records: [
      okta({
        at: START,
        type: 'app.oauth2.as.token.grant.refresh_token',
        who: `carl${n}`,
        session: `102carl${n}`,
        ip: '145.1.1.1',
        agent: CHROME,
      }),
      okta({
        at: START + 4 * MINUTE,
        type: 'app.oauth2.as.token.detect_reuse',
        who: `carl${n}`,
        session: `102carl${n}`,
        ip: away(random),
        agent: CHROME,
        result: 'FAILURE',
      }),
    ],
    wrongAt: START + 4 * MINUTE,
  }),
  'no reuse: a refresh that is refused': (n) => ({
    expects: [],
    records: [
      okta({
        at: START,
        type: 'app.oauth2.as.token.grant.refresh_token',
        who: `dora${n}`,
        session: `102dora${n}`,
        ip: '145.1.1.1',
        agent: CHROME,
        result: 'FAILURE',
      }),
    ],
  }),
  // ── bindings ──
  'the device cookie of a session changes': (n) => {
    const of = { who: `emil${n}`, session: `102emil${n}`, ip: '145.1.1.1', country: 'Netherlands', agent: CHROME };
    return {
      expects: ['binding-drift'],
      records: [
        okta({ ...of, at: START, type: 'user.authentication.sso', device: `dt-1-${n}` }),
        okta({ ...of, at: START + 8 * MINUTE, type: 'user.authentication.sso', device: `dt-2-${n}` }),
      ],
      wrongAt: START + 8 * MINUTE,
    };
  },
  'a workload’s token moves to another runtime, or goes on unbound': (n) => {
    const who = `mover-${n}`;
    const of = { who, session: who, network: '10.1.0.4', credential: { externalId: `tok-${n}`, kind: 'token' } };
    return {
      expects: ['binding-drift'],
      records: [
        fact({ ...of, at: START, binding: { runtime: 'pod a', boundKey: 'jkt-1' } }),
        fact({
          ...of,
          at: START + MINUTE,
          ...(n % 2 ? { binding: { runtime: 'pod b', boundKey: 'jkt-1' } } : { attributes: { tokenType: 'Bearer' } }),
        }),
      ],
      wrongAt: START + MINUTE,
    };
  },
  'no drift: a new sign-in on another device': (n) => {
    const of = { who: `fred${n}`, kind: 'human' as const, session: `fred${n}`, network: '145.1.1.1' };
    return {
      expects: [],
      records: [
        fact({ ...of, at: START, binding: { device: 'a' }, trustedAt: '2026-09-07T08:00:00.000Z' }),
        fact({ ...of, at: START + MINUTE, binding: { device: 'b' }, trustedAt: '2026-09-07T08:01:00.000Z' }),
      ],
    };
  },
  // ── survival ──
  'a deleted key still works': (n, random) => {
    const key = `AKIASURVIVES${n}`;
    const ip = home(random);
    const use = (minute: number, error?: string) =>
      cloudtrail({
        at: START + minute * MINUTE,
        action: 'ListBuckets',
        service: 's3',
        user: `backup-${n}`,
        key,
        ip,
        agent: CLIENTS[1]!,
        error,
      });
    return {
      expects: ['survival'],
      records: [
        use(0),
        cloudtrail({
          at: START + 5 * MINUTE,
          action: 'DeleteAccessKey',
          service: 'iam',
          user: 'admin',
          key: 'AKIAADMIN',
          ip: '10.0.0.1',
          agent: CLIENTS[0]!,
          readOnly: false,
          asked: { userName: `backup-${n}`, accessKeyId: key },
        }),
        use(9),
      ],
      wrongAt: START + 9 * MINUTE,
    };
  },
  'a dead token is presented from elsewhere': (n, random) => {
    const credential = { externalId: `sha256:dead${n}`, kind: 'token' };
    const who = `job-${n}`;
    return {
      expects: ['dead-token'],
      records: [
        fact({ at: START, who, session: who, credential, network: '52.16.1.1' }),
        fact({
          at: START + MINUTE,
          who: `vault-admin-${n}`,
          action: 'auth/token/revoke-accessor',
          class: 'change',
          life: { of: 'credential', what: 'revoked', externalId: credential.externalId },
        }),
        fact({ at: START + 6 * MINUTE, who, session: who, credential, network: away(random), outcome: 'failure' }),
      ],
      wrongAt: START + 6 * MINUTE,
    };
  },
  'a session from before the rotation goes on': (n) => {
    const credential = { externalId: `secret-${n}`, kind: 'token' };
    const who = `rotated-${n}`;
    return {
      expects: ['survival'],
      records: [
        fact({ at: START, who, session: who, credential }),
        fact({
          at: START + MINUTE,
          who: `rotator-${n}`,
          action: 'secret.rotate',
          class: 'change',
          life: { of: 'credential', what: 'rotated', externalId: credential.externalId },
        }),
        fact({ at: START + 3 * MINUTE, who, session: who, credential }),
      ],
      wrongAt: START + 3 * MINUTE,
    };
  },
  'no survival: deleted and not used again; disabled, enabled and used': (n, random) => {
    const user = `tidy-${n}`;
    const key = `AKIATIDY${n}`;
    const ip = home(random);
    const use = (minute: number) =>
      cloudtrail({
        at: START + minute * MINUTE,
        action: 'ListBuckets',
        service: 's3',
        user,
        key,
        ip,
        agent: CLIENTS[1]!,
      });
    const admin = (minute: number, action: string, status?: string) =>
      cloudtrail({
        at: START + minute * MINUTE,
        action,
        service: 'iam',
        user: 'admin',
        key: 'AKIAADMIN',
        ip: '10.0.0.1',
        agent: CLIENTS[0]!,
        readOnly: false,
        asked: { userName: user, accessKeyId: key, ...(status ? { status } : {}) },
      });
    return n % 2
      ? { expects: [], records: [use(0), use(4), admin(5, 'DeleteAccessKey')] }
      : {
          expects: [],
          records: [use(0), admin(2, 'UpdateAccessKey', 'Inactive'), admin(4, 'UpdateAccessKey', 'Active'), use(6)],
        };
  },
  'a session goes on beyond its approval': (n) => {
    const who = `agent-${n}`;
    const until = new Date(START + 10 * MINUTE).toISOString();
    return {
      expects: ['outlived'],
      records: [
        fact({ at: START, who, kind: 'ai_agent', session: who, sessionKind: 'agent', consent: { by: 'ann', until } }),
        fact({
          at: START + 15 * MINUTE,
          who,
          kind: 'ai_agent',
          session: who,
          sessionKind: 'agent',
          action: 'crm.update',
          class: 'change',
        }),
      ],
      wrongAt: START + 15 * MINUTE,
    };
  },
  'no outliving: a periodic token renewed beyond its first term': (n) => {
    const who = `periodic-${n}`;
    const of = { who, session: who, credential: { externalId: `p-${n}`, kind: 'token' } };
    return {
      expects: [],
      records: [
        fact({ ...of, at: START, expiresAt: new Date(START + 10 * MINUTE).toISOString() }),
        fact({ ...of, at: START + 9 * MINUTE, action: 'auth/token/renew-self', class: 'change' }),
        fact({ ...of, at: START + 18 * MINUTE }),
      ],
    };
  },
  // ── concurrency ──
  'an identity that has one session has four': (n, random) => {
    const who = `single-${n}`;
    const places = [away(random), away(random)]; // each session stays where it is
    const all = (minute: number) =>
      Array.from({ length: 4 }, (_, k) =>
        fact({
          at: START + minute * MINUTE + k * 1000,
          who,
          session: `${who} new ${k}`,
          network: k > 1 ? places[k - 2]! : '10.20.0.5',
          agent: 'orders-worker',
        }),
      );
    return {
      expects: ['unusual-concurrency'],
      also: ['unusual-place'],
      records: [...ordinary(who, random), ...all(0), ...all(6)],
      wrongAt: START + 6 * MINUTE,
    };
  },
  'no concurrency: a pool of 56 is 60 today, and a new one is 200 at once': (n, random) => {
    const who = `pool-${n}`;
    const many = n % 2 ? 60 : 200;
    return {
      expects: [],
      records: [
        ...(n % 2 ? ordinary(who, random, { sessions: 56, perHour: 1, network: '10.20.0.9' }) : []),
        ...Array.from({ length: many }, (_, k) =>
          fact({
            at: START + k * 100,
            who,
            session: `${who} new ${k}`,
            network: `10.20.${k % 8}.9`,
            agent: 'orders-worker',
          }),
        ),
      ],
    };
  },
  // ── escalation ──
  'scope grows within a session': (n) => {
    const of = {
      who: `app-scope-${n}`,
      kind: 'oauth_app' as const,
      session: `app-scope-${n}`,
      credential: { externalId: `at-${n}`, kind: 'access_token' },
    };
    return {
      expects: ['scope-growth'],
      records: [
        fact({ ...of, at: START, scope: 'files.read' }),
        fact({ ...of, at: START + 3 * MINUTE, scope: 'files.read files.write directory.manage' }),
      ],
      wrongAt: START + 3 * MINUTE,
    };
  },
  'no growth: with consent, or by another scope that reads': (n) => {
    const of = { who: `app-fine-${n}`, kind: 'oauth_app' as const, session: `app-fine-${n}` };
    return {
      expects: [],
      records: [
        fact({ ...of, at: START, scope: 'files.read' }),
        fact({
          ...of,
          at: START + MINUTE,
          ...(n % 2
            ? { scope: 'files.read mail.read' }
            : { scope: 'files.read files.write', consent: { by: 'ann', scope: 'files.read files.write' } }),
        }),
      ],
    };
  },
  'ten times as much is read as ever': (n, random) => {
    const who = `reader-${n}`;
    return {
      expects: ['extraction'],
      also: ['acceleration'],
      records: [
        ...ordinary(who, random),
        ...Array.from({ length: 180 + random.whole(0, 90) }, (_, k) =>
          fact({
            at: START + k * 9000,
            who,
            session: `${who} today`,
            network: '10.20.0.5',
            agent: 'orders-worker',
            action: 'orders.get',
          }),
        ),
      ],
      wrongAt: START + 30 * MINUTE,
    };
  },
  'a bucket is copied in a few calls, each of a size never seen': (n, random) => {
    const who = `copier-${n}`;
    return {
      expects: ['extraction'],
      records: [
        ...withBytes(ordinary(who, random, { action: 's3:GetObject' }), () => random.whole(0, 4_000_000)),
        ...Array.from({ length: 12 }, (_, k) =>
          fact({
            at: START + k * MINUTE,
            who,
            session: `${who} today`,
            network: '10.20.0.5',
            agent: 'orders-worker',
            action: 's3:GetObject',
            attributes: { bytes: 40_000_000 + random.whole(0, 500_000_000) },
          }),
        ),
      ],
      wrongAt: START + 11 * MINUTE,
    };
  },
  'no extraction: the nightly backup grew, and a source begins to tell how much': (n, random) => {
    const who = `backup-${n}`;
    const told = ordinary(who, random, { action: 's3:GetObject' });
    return {
      expects: [],
      records: [
        ...(n % 2 ? withBytes(told, () => 2_000_000_000) : told),
        fact({
          at: START,
          who,
          session: `${who} today`,
          network: '10.20.0.5',
          agent: 'orders-worker',
          action: 's3:GetObject',
          attributes: { bytes: 9_000_000_000 },
        }),
      ],
    };
  },
  'far faster than ever': (n, random) => {
    const who = `rusher-${n}`;
    return {
      expects: ['acceleration'],
      also: ['extraction'],
      records: [
        ...ordinary(who, random, { class: 'change', action: 'orders.update' }),
        ...Array.from({ length: 90 }, (_, k) =>
          fact({
            at: START + k * 300,
            who,
            session: `${who} today`,
            network: '10.20.0.5',
            agent: 'orders-worker',
            action: 'orders.update',
            class: 'change',
          }),
        ),
      ],
      wrongAt: START + MINUTE,
    };
  },
  'no escalation: a busy day, and a batch of one who is new': (n, random) => {
    const who = `busy-${n}`;
    return {
      expects: [],
      records: [
        ...(n % 2 ? ordinary(who, random, { perHour: 9 }) : []),
        ...Array.from({ length: n % 2 ? 40 : 900 }, (_, k) =>
          fact({
            at: START + k * 2500,
            who,
            session: `${who} today`,
            network: '10.20.0.5',
            agent: 'orders-worker',
            action: 'orders.get',
          }),
        ),
      ],
    };
  },
  'approvals are refused in a row': (n) => ({
    expects: ['failed-approvals'],
    records: [0, 2, 4, 6].slice(0, 3 + (n % 2)).map((minute, k) =>
      fact({
        at: START + minute * MINUTE,
        who: `pusher-${n}`,
        session: `pusher-${n}`,
        action: 'deploy.approve',
        class: 'approval',
        outcome: n % 2 && k === 3 ? 'success' : 'failure',
      }),
    ),
    wrongAt: START + 4 * MINUTE,
  }),
  'no pressure: one refusal and its correction': (n) => ({
    expects: [],
    records: ['failure', 'success', 'failure'].map((outcome, k) =>
      fact({
        at: START + k * MINUTE,
        who: `fixer-${n}`,
        session: `fixer-${n}`,
        action: 'deploy.approve',
        class: 'approval',
        outcome: outcome as 'failure',
      }),
    ),
  }),
  'a session changes what it was approved to read': (n) => {
    const of = { who: `viewer-${n}`, kind: 'ai_agent' as const, session: `viewer-${n}` };
    return {
      expects: ['out-of-scope'],
      records: [
        fact({ ...of, at: START, scope: 'tickets.read customers:view' }),
        fact({ ...of, at: START + MINUTE, action: 'customers.delete', class: 'change' }),
      ],
      wrongAt: START + MINUTE,
    };
  },
  'no breach: it reads, or is refused': (n) => {
    const of = { who: `honest-${n}`, kind: 'ai_agent' as const, session: `honest-${n}` };
    return {
      expects: [],
      records: [
        fact({ ...of, at: START, scope: 'tickets.read' }),
        fact({
          ...of,
          at: START + MINUTE,
          ...(n % 2 ? {} : { action: 'tickets.delete', class: 'change' as const, outcome: 'failure' as const }),
        }),
      ],
    };
  },
  'a worker touches secrets and keys for the first time': (n, random) => {
    const who = `worker-${n}`;
    const of = { who, session: `${who} today`, network: '10.20.0.5', agent: 'orders-worker' };
    return {
      expects: ['unusual-action'],
      records: [
        ...ordinary(who, random),
        fact({ ...of, at: START, action: 'secretsmanager:GetSecretValue' }),
        ...(n % 2 ? [fact({ ...of, at: START + MINUTE, action: 'iam:CreateAccessKey', class: 'change' })] : []),
      ],
      wrongAt: START,
    };
  },
  'no news: it reads secrets every day': (n, random) => {
    const who = `secretive-${n}`;
    return {
      expects: [],
      records: [
        ...ordinary(who, random, { action: 'secretsmanager:GetSecretValue' }),
        fact({
          at: START,
          who,
          session: `${who} today`,
          network: '10.20.0.5',
          agent: 'orders-worker',
          action: 'ssm:GetParameters',
        }),
      ],
    };
  },
  // ── places ──
  'a worker acts from a country it never did': (n, random) => {
    const who = `settled-${n}`;
    const there = { network: '52.16.1.9', attributes: { country: 'IE' } };
    return {
      expects: ['unusual-place'],
      records: [
        ...ordinary(who, random, there),
        fact({
          at: START,
          who,
          session: `${who} today`,
          network: away(random),
          attributes: { country: 'BR' },
          agent: 'curl',
          action: 'orders.update',
          class: 'change',
        }),
      ],
      wrongAt: START,
    };
  },
  'no strange place: another address of the same country; one that turns up everywhere': (n, random) => {
    const who = `roamer-${n}`;
    const countries = ['IE', 'DE', 'US', 'SG', 'BR', 'JP'];
    return {
      expects: [],
      records:
        n % 2
          ? [
              ...ordinary(who, random, { network: '52.16.1.9', attributes: { country: 'IE' } }),
              fact({
                at: START,
                who,
                session: `${who} x`,
                network: '54.2.2.2',
                attributes: { country: 'IE' },
                agent: 'orders-worker',
              }),
            ]
          : [
              ...countries.flatMap((country, k) =>
                ordinary(who, random, {
                  network: `52.${k}.1.9`,
                  attributes: { country },
                  perHour: 1,
                  session: `${who} in ${country}`,
                }),
              ),
              fact({
                at: START,
                who,
                session: `${who} x`,
                network: '54.2.2.2',
                attributes: { country: 'CA' },
                agent: 'orders-worker',
              }),
            ],
    };
  },
  'impossible travel': (n, random) => {
    const of = { who: `gina${n}`, agent: CHROME };
    return {
      expects: ['travel'],
      records: [
        okta({
          ...of,
          at: START,
          type: 'user.authentication.sso',
          session: `g1${n}`,
          ip: '145.1.1.1',
          country: 'Netherlands',
        }),
        okta({
          ...of,
          at: START + 40 * MINUTE,
          type: 'user.authentication.sso',
          session: `g2${n}`,
          ip: away(random),
          country: random.one(['Brazil', 'Australia', 'Japan', 'South Africa']),
        }),
      ],
      wrongAt: START + 40 * MINUTE,
    };
  },
  'no travel: to a neighbour, by plane, within a country': (n, random) => {
    const of = { who: `hans${n}`, agent: CHROME };
    const [country, hours] = random.one([
      ['Germany', 0.2],
      ['Belgium', 0.1],
      ['Singapore', 14],
      ['Netherlands', 0.01],
    ] as const);
    return {
      expects: [],
      records: [
        okta({
          ...of,
          at: START,
          type: 'user.authentication.sso',
          session: `h1${n}`,
          ip: '145.1.1.1',
          country: 'Netherlands',
        }),
        okta({
          ...of,
          at: START + hours * HOUR,
          type: 'user.authentication.sso',
          session: `h2${n}`,
          ip: away(random),
          country,
        }),
      ],
    };
  },
  // ── people at machines' identities, regrowth ──
  'a person uses a service account': (n) => ({
    expects: ['human-use'],
    records: [
      kubernetes({
        at: START,
        account: `api-${n}`,
        verb: 'get',
        resource: 'configmaps',
        ip: '10.2.0.4',
        agent: 'api/v1.2 (linux/amd64) kubernetes/abc',
      }),
      kubernetes({
        at: START + MINUTE,
        account: `api-${n}`,
        verb: 'get',
        resource: 'secrets',
        ip: '10.2.0.4',
        agent: 'kubectl/v1.30 (linux/amd64) kubernetes/abc',
      }),
    ],
    wrongAt: START + MINUTE,
  }),
  'no person: a controller; a name that may be a person’s': (n, random) => ({
    expects: [],
    records:
      n % 2
        ? [
            kubernetes({
              at: START,
              account: `ctl-${n}`,
              verb: 'list',
              resource: 'pods',
              ip: '10.2.0.4',
              agent: 'kube-controller-manager/v1.30 (linux/amd64) kubernetes/abc',
            }),
          ]
        : [
            cloudtrail({
              at: START,
              action: 'ConsoleLogin',
              service: 'signin',
              user: `ivan-${n}`,
              key: `AKIAIVAN${n}`,
              ip: home(random),
              agent: FIREFOX,
              readOnly: false,
            }),
          ],
  }),
  'access grows back after the identity was disabled': (n) => {
    const who = `ghost-${n}`;
    return {
      expects: ['regrowth'],
      also: ['survival'],
      records: [
        fact({ at: START, who, session: `${who} 1` }),
        fact({
          at: START + MINUTE,
          who: `remover-${n}`,
          action: 'user.disable',
          class: 'change',
          life: { of: 'identity', what: 'disabled', externalId: who },
        }),
        fact({ at: START + 50 * MINUTE, who, session: `${who} 2` }),
      ],
      wrongAt: START + 50 * MINUTE,
    };
  },
  'no regrowth: enabled before it came back; a key replaced by another': (n) => {
    const who = `back-${n}`;
    const by = (
      minute: number,
      what: 'disabled' | 'enabled' | 'deleted' | 'created',
      of: 'identity' | 'credential' = 'identity',
    ) =>
      fact({
        at: START + minute * MINUTE,
        who: `keeper-${n}`,
        action: `x.${what}`,
        class: 'change',
        life: {
          of,
          what,
          externalId: of === 'identity' ? who : `${who}-${what}`,
          identity: { issuer: 'bench', type: 'account', externalId: who },
        },
      });
    return {
      expects: [],
      records:
        n % 2
          ? [
              fact({ at: START, who, session: `${who} 1` }),
              by(1, 'disabled'),
              by(2, 'enabled'),
              fact({ at: START + 50 * MINUTE, who, session: `${who} 2` }),
            ]
          : [
              fact({ at: START, who, session: `${who} 1` }),
              by(1, 'deleted', 'credential'),
              by(2, 'created', 'credential'),
              fact({ at: START + 9 * MINUTE, who, session: `${who} 1` }),
            ],
    };
  },
  // ── benign by nature ──
  'ordinary: eight days of a worker, of CI runs on many networks, of controllers': (n, random) => ({
    expects: [],
    records: [
      ...ordinary(`plain-${n}`, random),
      ...Array.from({ length: 40 }, (_, k) =>
        cloudtrail({
          at: START + k * 11 * MINUTE,
          action: 'GetObject',
          service: 's3',
          role: `ci-${n}`,
          roleSession: 'GitHubActions',
          created: START + k * 11 * MINUTE,
          ip: away(random),
          agent: CLIENTS[k % 4]!,
        }),
      ),
      ...Array.from({ length: 60 }, (_, k) =>
        kubernetes({
          at: START + k * MINUTE,
          account: `operator-${n}`,
          verb: 'watch',
          resource: 'pods',
          ip: `10.2.${k % 4}.4`,
          agent: 'operator/v1 (linux/amd64) kubernetes/abc',
        }),
      ),
    ],
  }),
  'ordinary: a person with console and command line at once': (n, random) => {
    const user = `julia-${n}`;
    const ip = home(random);
    return {
      expects: [],
      records: Array.from({ length: 20 }, (_, k) =>
        k % 2
          ? cloudtrail({
              at: START + k * MINUTE,
              action: 'DescribeInstances',
              user,
              key: `AKIAJULIA${n}`,
              ip,
              agent: CLIENTS[0]!,
            })
          : cloudtrail({
              at: START + k * MINUTE,
              action: 'ListBuckets',
              service: 's3',
              user,
              key: `ASIAJULIA${n}${k}`,
              ip: k % 4 ? ip : '10.107.3.4',
              agent: k % 4 ? FIREFOX : '[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488]',
            }),
      ),
    };
  },
};

/** `times` of each, from one seed. */
export function scenariosOf(seed: number, times: number): Scenario[] {
  return Object.entries({ ...MAKERS, ...ESTATE }).flatMap(([name, make], index) =>
    Array.from({ length: times }, (_, n) => ({
      name,
      ...make(n + 100 * index, chance(seed * 7919 + index * 101 + n)),
    })),
  );
}
