// An organisation as its logs show it: teams, CI, autoscaling, single sign-on, VPNs, clusters; and thefts in the middle of it.
// No history leads up to it: a capture somebody brings along.
import { cloudtrail, HOUR, iso, MINUTE, okta, type Recorded } from '@/bench/detect/records';
import type { Make } from '@/bench/detect/scenarios';
import type { Chance } from '@/bench/lab/chance';

const START = Date.UTC(2026, 8, 7, 8, 0, 0);
const at = (minute: number): number => START + minute * MINUTE;
const id = (n: number, random: Chance): string =>
  `${n.toString(16).padStart(8, '0')}-${random.whole(0x1000, 0xffff).toString(16)}-4000-8000-${random.whole(0x1000, 0xffff).toString(16)}${random.whole(0x10000000, 0xffffffff).toString(16)}`;

const WINDOWS =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const LINUX = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';
const CLI =
  'aws-cli/2.17.1 md/awscrt#0.20.11 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.11.8 cfg/retry-mode#standard';
const BOTO = 'Boto3/1.34.140 md/Botocore#1.34.140 ua/2.0 os/linux#6.1 md/arch#x86_64 lang/python#3.12.4';
const TERRAFORM =
  'APN/1.0 HashiCorp/1.0 Terraform/1.8.5 (+https://www.terraform.io) terraform-provider-aws/5.55.0 aws-sdk-go-v2/1.27.2 os/linux lang/go#1.22.4';
const SSM = 'aws-sdk-go/1.51.25 (go1.21.9; linux; amd64) amazon-ssm-agent/3.3.380.0';
const WATCH = 'aws-sdk-go/1.53.10 (go1.22.3; linux; amd64) CWAgent/1.300041.0 (go1.22.3; linux; amd64)';

// Addresses of networks as they are announced: two of Amazon's, an office's, a home's, a rented server's.
const NAT = ['52.16.40.11', '34.240.91.7', '54.72.8.130'];
const OFFICE = '217.110.4.9';
const HOME = '91.12.33.4';
const RENTED = '165.227.10.8';
const ABROAD = '45.6.120.9';

/** `n` numbers the scenario, `session` of a person's sign-in through IAM Identity Center. */
const sso = (n: number) => ({
  role: `AWSReservedSSO_Developer_${(0xabc000 + n).toString(16)}`,
  roleSession: `dev${n}@example.com`,
  created: START,
});

interface SignIn {
  at: number;
  ip: string;
  agent?: string;
  country: string;
  asn: number;
  session?: string;
  interactive?: boolean;
  app?: string;
  device?: string;
  os?: string;
}

const entraUser = (n: number, random: Chance, one: SignIn): Recorded => ({
  at: one.at,
  format: 'entra',
  record: {
    id: id(n, random),
    createdDateTime: iso(one.at),
    userDisplayName: `Kim ${n}`,
    userPrincipalName: `kim${n}@contoso.example`,
    userId: `0f0e0d0c-1111-4222-8333-${String(n).padStart(12, '0')}`,
    appId: 'c44b4083-3bb0-49c1-b47d-974e53cbdf3c',
    appDisplayName: one.app ?? 'Azure Portal',
    ipAddress: one.ip,
    status: { errorCode: 0 },
    clientAppUsed: 'Browser',
    userAgent: one.agent ?? WINDOWS,
    deviceDetail: { deviceId: one.device ?? '', operatingSystem: one.os ?? 'Windows10', browser: 'Chrome 126.0.0' },
    location: { city: 'x', countryOrRegion: one.country },
    correlationId: id(n, random),
    isInteractive: one.interactive ?? false,
    autonomousSystemNumber: one.asn,
    resourceDisplayName: 'Microsoft Graph',
    uniqueTokenIdentifier: id(n, random),
    incomingTokenType: 'primaryRefreshToken',
    authenticationRequirement: 'multiFactorAuthentication',
    sessionId: one.session ?? `9c8b7a69-5544-4332-9211-${String(n).padStart(12, '0')}`,
    signInEventTypes: [one.interactive ? 'interactiveUser' : 'nonInteractiveUser'],
  },
});

const entraService = (
  n: number,
  random: Chance,
  one: { at: number; ip: string; country: string; key?: string },
): Recorded => ({
  at: one.at,
  format: 'entra',
  record: {
    id: id(n, random),
    createdDateTime: iso(one.at),
    servicePrincipalId: `77777777-1111-4222-8333-${String(n).padStart(12, '0')}`,
    servicePrincipalName: `deploy-${n}`,
    servicePrincipalCredentialKeyId: one.key ?? `88888888-1111-4222-8333-${String(n).padStart(12, '0')}`,
    appId: `66666666-1111-4222-8333-${String(n).padStart(12, '0')}`,
    appDisplayName: `deploy-${n}`,
    ipAddress: one.ip,
    status: { errorCode: 0 },
    location: { countryOrRegion: one.country },
    correlationId: id(n, random),
    resourceDisplayName: 'Azure Resource Manager',
    uniqueTokenIdentifier: id(n, random),
    autonomousSystemNumber: 8075,
    signInEventTypes: ['servicePrincipal'],
  },
});

const github = (
  n: number,
  random: Chance,
  one: {
    at: number;
    action: string;
    ip?: string;
    country?: string;
    agent: string;
    repo?: string;
    token?: string;
    app?: boolean;
  },
): Recorded => ({
  at: one.at,
  format: 'github',
  record: {
    '@timestamp': one.at,
    _document_id: id(n, random),
    created_at: one.at,
    action: one.action,
    actor: `build-bot-${n}`,
    actor_id: 70_000 + n,
    org: 'acme',
    org_id: 333,
    repo: one.repo ?? 'acme/shop',
    hashed_token: one.token ?? `h${n}5PA6Z1y+uhWcmC1nOykHkvckK1NP+NMSnTjpr/tEA=`,
    token_id: 900_000 + n,
    token_scopes: 'repo',
    programmatic_access_type: 'Personal access token (classic)',
    user_agent: one.agent,
    ...(one.ip ? { actor_ip: one.ip } : {}),
    ...(one.country ? { actor_location: { country_code: one.country } } : {}),
    ...(one.action.startsWith('git.') ? { transport_protocol: 1, transport_protocol_name: 'http' } : {}),
  },
});

const vault = (
  n: number,
  random: Chance,
  one: { at: number; ip: string; path: string; operation?: string; agent?: string },
): Recorded => ({
  at: one.at,
  format: 'vault',
  record: {
    time: iso(one.at),
    type: 'response',
    auth: {
      accessor: `hmac-sha256:${String(n).padStart(8, '0')}acc`,
      client_token: `hmac-sha256:${String(n).padStart(8, '0')}tok`,
      display_name: `approle-billing-${n}`,
      entity_id: `6a50f740-09be-4d5c-a810-${String(n).padStart(12, '0')}`,
      policies: ['default', 'billing'],
      token_policies: ['default', 'billing'],
      token_type: 'service',
      token_ttl: 3600,
      metadata: { role_name: 'billing' },
    },
    request: {
      id: id(n, random),
      operation: one.operation ?? 'read',
      mount_type: 'kv',
      client_token: `hmac-sha256:${String(n).padStart(8, '0')}tok`,
      client_token_accessor: `hmac-sha256:${String(n).padStart(8, '0')}acc`,
      namespace: { id: 'root' },
      path: one.path,
      remote_address: one.ip,
      remote_port: 40_000,
      ...(one.agent ? { headers: { 'user-agent': [one.agent] } } : {}),
    },
    response: { mount_type: 'kv', data: { data: {} } },
  },
});

const cluster = (
  n: number,
  random: Chance,
  one: { at: number; verb: string; resource: string; ip: string; agent: string; name?: string; subresource?: string },
): Recorded => ({
  at: one.at,
  format: 'kubernetes',
  record: {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID: id(n, random),
    stage: 'ResponseComplete',
    requestURI: `/api/v1/namespaces/shop/${one.resource}`,
    verb: one.verb,
    user: {
      username: one.name ?? `system:serviceaccount:shop:orders-${n}`,
      uid: `uid-${n}`,
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
      extra: {
        'authentication.kubernetes.io/credential-id': [`JTI=7ee52be0-9045-4653-aa5e-${String(n).padStart(12, '0')}`],
        'authentication.kubernetes.io/pod-name': [`orders-${n}-7d4b9`],
        'authentication.kubernetes.io/pod-uid': [`pod-${n}`],
      },
    },
    sourceIPs: [one.ip],
    userAgent: one.agent,
    objectRef: {
      resource: one.resource,
      namespace: 'shop',
      apiVersion: 'v1',
      ...(one.subresource ? { subresource: one.subresource } : {}),
    },
    responseStatus: { metadata: {}, code: 200 },
    requestReceivedTimestamp: iso(one.at),
    stageTimestamp: iso(one.at),
  },
});

const oktaAs = (base: Recorded, asn: number, org: string, os?: string): Recorded => {
  const { record } = base as { record: Record<string, unknown> };
  const client = record.client as { userAgent: Record<string, unknown> };
  return {
    ...base,
    record: {
      ...record,
      client: { ...client, userAgent: { ...client.userAgent, ...(os ? { os, browser: 'CHROME' } : {}) } },
      securityContext: { asNumber: asn, asOrg: org, isp: org, isProxy: false },
    },
  } as Recorded;
};

export const ESTATE: Record<string, Make> = {
  // ── nothing is wrong ──
  'estate: a developer’s one sign-in at the office, at home and back by VPN, with several tools': (n) => {
    const of = sso(n);
    const calls: [number, string, string][] = [
      [0, OFFICE, CLI],
      [20, OFFICE, TERRAFORM],
      [95, HOME, BOTO],
      [110, HOME, CLI],
      [150, OFFICE, CLI],
      [170, HOME, TERRAFORM],
    ];
    return {
      expects: [],
      records: calls.map(([minute, ip, agent]) =>
        cloudtrail({ ...of, at: at(minute), action: minute % 20 ? 'DescribeInstances' : 'CreateTags', ip, agent }),
      ),
    };
  },
  'estate: a developer goes on at home with another tool': (n) => ({
    expects: [],
    records: [
      cloudtrail({ ...sso(n), at: at(0), action: 'DescribeInstances', ip: OFFICE, agent: CLI }),
      cloudtrail({ ...sso(n), at: at(4), action: 'DescribeVpcs', ip: OFFICE, agent: CLI }),
      cloudtrail({ ...sso(n), at: at(70), action: 'DescribeVpcs', ip: HOME, agent: BOTO }),
      cloudtrail({ ...sso(n), at: at(80), action: 'RunInstances', ip: HOME, agent: BOTO }),
    ],
  }),
  'estate: a runner behind several NAT gateways runs three tools': (n) => ({
    expects: [],
    records: Array.from({ length: 24 }, (_, k) =>
      cloudtrail({
        at: at(k),
        action: k % 3 ? 'DescribeInstances' : 'CreateTags',
        role: `deployer-${n}`,
        roleSession: `build-${4000 + n}`,
        created: START,
        ip: NAT[(k * 7) % 3]!,
        agent: [CLI, TERRAFORM, BOTO][k % 3]!,
      }),
    ),
  }),
  'estate: an instance gets an elastic address; its programs follow one after the other': (n) => {
    const of = { role: `web-${n}`, roleSession: `i-0feed1f42${(0x1000 + n).toString(16)}`, created: START };
    const call = (minute: number, ip: string, agent: string, action: string) =>
      cloudtrail({ ...of, at: at(minute), ip, agent, action, service: 'ssm', readOnly: false });
    return {
      expects: [],
      records: [
        call(0, NAT[0]!, SSM, 'UpdateInstanceInformation'),
        call(5, NAT[0]!, SSM, 'UpdateInstanceInformation'),
        call(8, NAT[1]!, BOTO, 'GetParameter'),
        call(9, NAT[1]!, WATCH, 'PutMetricData'),
        call(10, NAT[1]!, SSM, 'UpdateInstanceInformation'),
      ],
    };
  },
  'estate: one role of an autoscaling group, many instances, agents of their own': (n, random) => ({
    expects: [],
    records: Array.from({ length: 12 }, (_, k) => {
      const of = {
        role: `asg-${n}`,
        roleSession: `i-0${(0xaaa1f42000 + n * 100 + k).toString(16).padStart(16, '0')}`,
        created: at(k),
      };
      const ip = `52.${random.whole(16, 19)}.${random.whole(0, 255)}.${random.whole(1, 254)}`;
      return [SSM, WATCH, BOTO, CLI].map((agent, m) =>
        cloudtrail({
          ...of,
          at: at(k + m),
          ip,
          agent,
          action: 'PutMetricData',
          service: 'monitoring',
          readOnly: false,
        }),
      );
    }).flat(),
  }),
  'estate: a function in many environments': (n) => ({
    expects: [],
    records: Array.from({ length: 30 }, (_, k) =>
      cloudtrail({
        at: at(k),
        action: k % 2 ? 'GetItem' : 'CreateLogStream',
        service: k % 2 ? 'dynamodb' : 'logs',
        readOnly: k % 2 === 1,
        role: `fn-${n}`,
        roleSession: `orders-fn-${n}`,
        created: START,
        ip: NAT[k % 3]!,
        agent:
          k % 2 ? `${BOTO} exec-env/AWS_Lambda_python3.12` : 'awslambda-worker/1.0 rusoto/0.48.0 rust/1.79.0 linux',
      }),
    ),
  }),
  'estate: a pod calls its API server inside and, by its public name, through NAT': (n, random) => ({
    expects: [],
    records: Array.from({ length: 10 }, (_, k) =>
      cluster(n, random, {
        at: at(k),
        verb: 'list',
        resource: 'pods',
        ip: k % 3 === 2 ? NAT[0]! : '10.2.0.14',
        agent: 'orders/v1.4 (linux/amd64) kubernetes/abc',
      }),
    ),
  }),
  'estate: a person with laptop and phone, two sessions of Okta, one country': (n) => ({
    expects: [],
    records: [0, 7, 14, 22].map((minute, k) =>
      oktaAs(
        okta({
          at: at(minute),
          type: k < 2 ? 'user.session.start' : 'user.authentication.sso',
          who: `lena${n}`,
          session: `${k % 2 ? 'phone' : 'desk'}${n}`,
          ip: k % 2 ? '109.40.1.9' : OFFICE,
          country: 'Germany',
          agent: k % 2 ? PHONE : WINDOWS,
        }),
        k % 2 ? 3209 : 20_676,
        k % 2 ? 'vodafone gmbh' : 'plusnet gmbh',
        k % 2 ? 'iOS' : 'Windows 10',
      ),
    ),
  }),
  'estate: a service principal signs in from hosted runners in two countries': (n, random) => ({
    expects: [],
    records: Array.from({ length: 12 }, (_, k) =>
      entraService(n, random, {
        at: at(k * 5),
        ip: k % 2 ? `20.${random.whole(1, 50)}.${k}.9` : `52.224.${k}.7`,
        country: k % 4 === 3 ? 'NL' : 'US',
      }),
    ),
  }),
  'estate: a bot’s token clones for builds on several runners': (n, random) => ({
    expects: [],
    records: Array.from({ length: 30 }, (_, k) =>
      github(n, random, {
        at: at(k * 2),
        action: k % 5 ? 'git.clone' : 'git.fetch',
        ip: `20.${1 + (k % 7)}.4.${k}`,
        country: 'US',
        agent: `git/2.${40 + (k % 4)}.0`,
        repo: `acme/service-${k % 6}`,
      }),
    ),
  }),
  'estate: a Vault token behind two load balancers of one network': (n, random) => ({
    expects: [],
    records: Array.from({ length: 20 }, (_, k) =>
      vault(n, random, { at: at(k), ip: k % 2 ? '10.0.1.5' : '10.9.9.9', path: `kv/data/billing/${k % 4}` }),
    ),
  }),
  // ── thefts ──
  'estate: a developer’s cached sign-in is used from a rented server, while he works': (n) => ({
    expects: ['replay'],
    also: ['travel'],
    records: [
      ...[0, 5, 20, 40].map((minute) =>
        cloudtrail({ ...sso(n), at: at(minute), action: 'DescribeInstances', ip: OFFICE, agent: TERRAFORM }),
      ),
      cloudtrail({ ...sso(n), at: at(30), action: 'GetCallerIdentity', service: 'sts', ip: RENTED, agent: CLI }),
      cloudtrail({ ...sso(n), at: at(31), action: 'ListUsers', service: 'iam', ip: RENTED, agent: CLI }),
    ],
    wrongAt: at(40),
  }),
  'estate: a function’s credentials are used from a rented server': (n) => {
    const of = { role: `fn-stolen-${n}`, roleSession: `orders-fn-${n}`, created: START };
    return {
      expects: ['replay'],
      also: ['travel'],
      records: [
        ...[0, 1, 2, 3].map((minute) =>
          cloudtrail({
            ...of,
            at: at(minute),
            action: 'GetItem',
            service: 'dynamodb',
            ip: NAT[minute % 3]!,
            agent: `${BOTO} exec-env/AWS_Lambda_python3.12`,
          }),
        ),
        cloudtrail({ ...of, at: at(6), action: 'GetCallerIdentity', service: 'sts', ip: RENTED, agent: CLI }),
      ],
      wrongAt: at(6),
    };
  },
  'estate: instance credentials are used with the same library from abroad': (n) => {
    const of = { role: `batch-${n}`, roleSession: `i-0bad91f42${(0x1000 + n).toString(16)}`, created: START };
    return {
      expects: ['instance-credentials'],
      records: [
        cloudtrail({ ...of, at: at(0), action: 'GetObject', service: 's3', ip: NAT[0]!, agent: BOTO }),
        cloudtrail({ ...of, at: at(1), action: 'GetObject', service: 's3', ip: NAT[0]!, agent: BOTO }),
        cloudtrail({ ...of, at: at(12), action: 'ListBuckets', service: 's3', ip: ABROAD, agent: BOTO }),
      ],
      wrongAt: at(12),
    };
  },
  'estate: an Okta session cookie is replayed on another system behind another operator, with a forged agent': (n) => {
    const of = { who: `otto${n}`, session: `102otto${n}`, country: 'Germany' };
    return {
      expects: ['binding-drift'],
      also: ['replay'],
      records: [
        oktaAs(
          okta({ ...of, at: at(0), type: 'user.session.start', ip: OFFICE, agent: WINDOWS }),
          20_676,
          'plusnet gmbh',
          'Windows 10',
        ),
        oktaAs(
          okta({ ...of, at: at(6), type: 'user.authentication.sso', ip: OFFICE, agent: WINDOWS }),
          20_676,
          'plusnet gmbh',
          'Windows 10',
        ),
        oktaAs(
          okta({ ...of, at: at(15), type: 'user.authentication.sso', ip: '88.198.4.4', agent: LINUX }),
          24_940,
          'hetzner online gmbh',
          'Linux',
        ),
        oktaAs(
          okta({ ...of, at: at(18), type: 'user.authentication.sso', ip: OFFICE, agent: WINDOWS }),
          20_676,
          'plusnet gmbh',
          'Windows 10',
        ),
      ],
      wrongAt: at(15),
    };
  },
  'estate: an Entra refresh token is used in a script behind another operator': (n, random) => ({
    expects: ['replay'],
    also: ['travel', 'binding-drift'],
    records: [
      entraUser(n, random, { at: at(0), ip: OFFICE, country: 'DE', asn: 20_676, interactive: true }),
      entraUser(n, random, { at: at(10), ip: OFFICE, country: 'DE', asn: 20_676 }),
      entraUser(n, random, {
        at: at(25),
        ip: RENTED,
        country: 'US',
        asn: 14_061,
        agent: 'python-requests/2.31.0',
        app: 'Microsoft Azure CLI',
        os: '',
      }),
      entraUser(n, random, { at: at(33), ip: OFFICE, country: 'DE', asn: 20_676 }),
    ],
    wrongAt: at(25),
  }),
  'estate: a bot’s token is used abroad for a burst of clones': (n, random) => ({
    expects: ['unusual-place'],
    also: ['extraction', 'acceleration'],
    records: [
      ...Array.from({ length: 160 }, (_, k) =>
        github(n, random, {
          at: START - 8 * 24 * HOUR + k * HOUR,
          action: 'git.fetch',
          ip: `20.1.4.${k % 200}`,
          country: 'US',
          agent: 'git/2.43.0',
        }),
      ),
      ...Array.from({ length: 25 }, (_, k) =>
        github(n, random, {
          at: at(30 + k / 10),
          action: 'git.clone',
          ip: ABROAD,
          country: 'BR',
          agent: 'git/2.39.2',
          repo: `acme/service-${k}`,
        }),
      ),
    ],
    wrongAt: at(33),
  }),
  'estate: a role that keeps to its cloud is used in the same country by another client at another operator': (
    n,
    random,
  ) => {
    const call = (when: number, ip: string, agent: string, action = 'GetObject') =>
      cloudtrail({
        at: when,
        action,
        service: 's3',
        role: `nightly-${n}`,
        roleSession: 'job',
        created: when,
        ip,
        agent,
      });
    return {
      expects: ['unusual-place'],
      records: [
        ...Array.from({ length: 120 }, (_, k) =>
          call(START - 8 * 24 * HOUR + k * 90 * MINUTE, `44.${random.whole(192, 255)}.${k % 250}.9`, BOTO),
        ),
        call(at(0), RENTED, CLI, 'ListBuckets'),
        call(at(1), RENTED, CLI, 'PutBucketPolicy'),
      ],
      wrongAt: at(0),
    };
  },
  'estate: a team in two countries shares one role of single sign-on': (n) => ({
    expects: [],
    records: Array.from({ length: 12 }, (_, k) =>
      cloudtrail({
        at: at(k * 3),
        action: 'DescribeInstances',
        role: `AWSReservedSSO_World_${(0xfff000 + n).toString(16)}`,
        roleSession: `world${k % 2}@example.com`,
        created: START + (k % 2) * MINUTE,
        ip: k % 2 ? OFFICE : RENTED,
        agent: WINDOWS,
      }),
    ),
  }),
  'estate: a person asks a page for its desktop form on a tablet': (n) => ({
    expects: [],
    records: [0, 4].map((minute) =>
      oktaAs(
        okta({
          at: at(minute),
          type: 'user.authentication.sso',
          who: `tom${n}`,
          session: `102tom${n}`,
          ip: OFFICE,
          country: 'Germany',
          agent: minute
            ? PHONE.replace('iPhone; CPU iPhone OS 17_5 like Mac OS X', 'Macintosh; Intel Mac OS X 10_15_7')
            : PHONE,
        }),
        20_676,
        'plusnet gmbh',
        minute ? 'Mac OS X' : 'iOS',
      ),
    ),
  }),
  'estate: a service account’s token is used outside the cluster': (n, random) => ({
    expects: ['replay'],
    also: ['human-use', 'travel'],
    records: [
      ...[0, 2, 4, 9].map((minute) =>
        cluster(n, random, {
          at: at(minute),
          verb: 'list',
          resource: 'pods',
          ip: '10.2.0.14',
          agent: 'orders/v1.4 (linux/amd64) kubernetes/abc',
        }),
      ),
      cluster(n, random, { at: at(6), verb: 'list', resource: 'secrets', ip: RENTED, agent: 'curl/8.5.0' }),
    ],
    wrongAt: at(6),
  }),
  'estate: a Vault token is used from the public network, while its holder goes on inside': (n, random) => ({
    expects: ['replay'],
    records: [
      ...[0, 2, 4, 9, 12].map((minute) =>
        vault(n, random, { at: at(minute), ip: '10.0.1.5', path: 'kv/data/billing/db' }),
      ),
      ...[6, 7, 10].map((minute) => vault(n, random, { at: at(minute), ip: RENTED, path: 'kv/data/billing/admin' })),
    ],
    wrongAt: at(9),
  }),
  'estate: a person in two countries within minutes, once by a VPN that is known, once by a rented server': (n) => {
    const one = (minute: number, ip: string, country: string, asn: number, org: string) =>
      oktaAs(
        okta({
          at: at(minute),
          type: 'user.authentication.sso',
          who: `vera${n}`,
          session: `102vera${n}-${minute}`,
          ip,
          country,
          agent: WINDOWS,
        }),
        asn,
        org,
        'Windows 10',
      );
    return n % 2
      ? {
          expects: [],
          also: ['travel'],
          records: [
            one(0, OFFICE, 'Germany', 20_676, 'plusnet gmbh'),
            one(9, '185.156.46.3', 'Japan', 9009, 'm247 europe srl'),
          ],
        }
      : {
          expects: ['travel'],
          records: [
            one(0, OFFICE, 'Germany', 20_676, 'plusnet gmbh'),
            one(9, ABROAD, 'Brazil', 263_000, 'provedor ltda'),
          ],
          wrongAt: at(9),
        };
  },
  'estate: eight hours of a team: pools, people and pipelines side by side': (n, random) => ({
    expects: [],
    records: Array.from({ length: 160 }, (_, k) => {
      const when = START + Math.floor((k * 8 * HOUR) / 160);
      const person = k % 4;
      if (k % 3 === 0)
        return cloudtrail({
          at: when,
          action: k % 2 ? 'ListBuckets' : 'PutObject',
          service: 's3',
          role: `AWSReservedSSO_Team_${(0xddd000 + n).toString(16)}`,
          roleSession: `member${person}@example.com`,
          created: START + person * MINUTE,
          ip: [OFFICE, HOME, '109.40.1.9', OFFICE][person]!,
          agent:
            k % 2
              ? WINDOWS
              : '[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.750 Linux/5.10 OpenJDK_64-Bit_Server_VM]',
        });
      return cloudtrail({
        at: when,
        action: 'AssumeRole',
        service: 'sts',
        role: `pipeline-${n}`,
        roleSession: 'GitHubActions',
        created: when - MINUTE,
        ip: `20.${random.whole(1, 60)}.${random.whole(0, 255)}.9`,
        agent: [CLI, TERRAFORM, BOTO][k % 3]!,
      });
    }),
  }),
};
