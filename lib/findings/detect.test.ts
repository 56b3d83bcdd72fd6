// For, against and near misses of every detector over events.
import { describe, expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { learn } from '@/lib/findings/learn-state';
import { type Given, learned, pictureOf } from '@/lib/findings/testing';

const found = (given: Given) => detect(pictureOf(given)).map(({ detector, severity }) => `${detector} ${severity}`);
const none: string[] = [];

describe('replay', () => {
  const token = (over: Given = {}, other: object = {}): Given => ({
    events: [
      { at: 0, session: 's', network: '3.9.1.1', agent: 'terraform' },
      { at: 5, session: 's', network: '81.2.69.1', agent: 'python-requests', ...other },
      { at: 6, session: 's', network: '3.9.1.1', agent: 'terraform' },
    ],
    ...over,
  });
  test('another client on another network holds the token', () => {
    expect(found(token())).toEqual(['replay high']);
    expect(found(token({}, { class: 'change' }))).toEqual(['replay critical']);
  });
  test('it is certain with the second holder’s first event', () => {
    const [one] = detect(pictureOf(token({ events: token().events!.slice(0, 2) })));
    expect(one).toMatchObject({ detector: 'replay', firstSeenAt: '2026-05-04T10:05:00.000Z' });
  });
  test.each<[string, Given]>([
    ['the same client on many addresses without a known place: egress', token({}, { agent: 'terraform' })],
    ['the same network', token({}, { network: '3.9.200.7' })],
    ['the same operator', token({ places: { '3.9.1.1': { asn: 16509 }, '81.2.69.1': { asn: 16509 } } })],
    ['IPv4 and IPv6 of one host', token({}, { network: '2a00:1450::1' })],
    ['a key that is configured on many machines', token({ sessions: { s: { credentialKind: 'access_key' } } })],
    ['a vendor’s back end', token({}, { network: '10.0.0.9', agent: 'S3Console aws-internal aws-sdk-java' })],
    [
      'two private networks',
      token({
        events: [
          { at: 0, session: 's', network: '10.1.0.4', agent: 'a' },
          { at: 1, session: 's', network: '192.168.0.4', agent: 'b' },
        ],
      }),
    ],
    ['a version and its sub-command', token({}, { agent: 'terraform terraform-provider-aws' })],
    ['a person with a desktop program beside the browser', token({ kind: 'human' }, { agent: 'Microsoft Office' })],
  ])('none: %s', (_, given) => expect(found(given)).toEqual(none));
  test('a workload in two countries at once, with one client', () => {
    const places = { '3.9.1.1': { country: 'GB' }, '81.2.69.1': { country: 'BR' } };
    expect(found(token({ places }, { agent: 'terraform' }))).toEqual(['replay high']);
  });
  test('a session that moved on and did not come back was handed over', () => {
    const places = { '3.9.1.1': { country: 'GB' }, '81.2.69.1': { country: 'FR' } };
    expect(found(token({ places, events: token({}, { agent: 'terraform' }).events!.slice(0, 2) }))).toEqual(none);
  });
  test('a person: two browsers on two networks; with one browser, people move', () => {
    const person = (agent: string): Given =>
      token({
        kind: 'human',
        events: [
          { at: 0, session: 's', network: '3.9.1.1', agent: 'Chrome' },
          { at: 5, session: 's', network: '81.2.69.1', agent },
          { at: 6, session: 's', network: '3.9.1.1', agent: 'Chrome' },
        ],
      });
    expect(found(person('Firefox'))).toEqual(['replay high']);
    expect(found(person('python-requests'))).toEqual(['replay high']);
    expect(found(person('Chrome'))).toEqual(none);
  });
  test('a VPN lowers it', () => {
    expect(found(token({}, { attributes: { proxy: true } }))).toEqual(['replay medium']);
  });
});

describe('instance credentials', () => {
  const sessions = { s: { key: 'arn:aws:sts::1:assumed-role/web/i-0dbc91f429e48eeed 2023-07-10T11:55:22Z' } };
  const used = (...events: NonNullable<Given['events']>): Given => ({ sessions, events });
  test('by another client from outside, at its first call', () => {
    const given = used(
      { at: 0, session: 's', network: '3.225.16.109', agent: 'aws-sdk-go amazon-ssm-agent' },
      { at: 1, session: 's', network: '198.51.100.10', agent: 'aws-cli Python' },
    );
    expect(found(given)).toEqual(['instance-credentials critical']);
  });
  test.each<[string, Given]>([
    [
      'through an endpoint of its VPC',
      used(
        { at: 0, session: 's', network: '3.225.16.109', agent: 'aws-sdk-go' },
        { at: 1, session: 's', network: '10.0.3.4', agent: 'aws-cli', attributes: { vpcEndpoint: 'vpce-1' } },
      ),
    ],
    [
      'its address was replaced',
      used(
        { at: 0, session: 's', network: '3.225.16.109', agent: 'aws-sdk-go' },
        { at: 9, session: 's', network: '54.1.2.3', agent: 'aws-sdk-go' },
      ),
    ],
    [
      'several programs of one instance',
      used(
        { at: 0, session: 's', network: '3.225.16.109', agent: 'aws-sdk-go amazon-ssm-agent' },
        { at: 9, session: 's', network: '3.225.16.109', agent: 'aws-cli Python' },
      ),
    ],
  ])('none: %s', (_, given) => expect(found(given)).toEqual(none));
});

describe('token reuse', () => {
  test('its issuer says so', () => {
    expect(
      found({
        events: [
          {
            at: 0,
            session: 's',
            action: 'app.oauth2.token.detect_reuse',
            class: 'session',
            told: { tags: ['refresh_token_reuse'] },
          },
        ],
      }),
    ).toEqual(['token-reuse high']);
    expect(
      found({
        events: [{ at: 0, action: 'REFRESH_TOKEN_ERROR', outcome: 'failure', attributes: { reason: 'Stale token' } }],
      }),
    ).toEqual(['token-reuse high']);
  });
  test('a refresh that failed for another reason is none', () => {
    expect(
      found({
        events: [{ at: 0, action: 'REFRESH_TOKEN_ERROR', outcome: 'failure', attributes: { error: 'invalid_client' } }],
      }),
    ).toEqual(none);
    expect(found({ events: [{ at: 0, action: 'app.oauth2.as.token.grant.refresh_token' }] })).toEqual(none);
  });
});

describe('binding drift', () => {
  const bound = (a: object, b: object, rest: object = {}): Given => ({
    events: [
      { at: 0, session: 's', network: '3.9.1.1', told: { binding: a, trustedAt: '2026-05-04T09:00:00Z' } },
      { at: 1, session: 's', network: '3.9.1.1', told: { binding: b }, ...rest },
    ],
  });
  test.each(['device', 'runtime', 'boundKey'])('%s', (name) => {
    const severity = name === 'boundKey' ? 'high' : 'medium';
    expect(found(bound({ [name]: 'a' }, { [name]: 'b' }))).toEqual([`binding-drift ${severity}`]);
    expect(found(bound({ [name]: 'a' }, { [name]: 'a' }))).toEqual(none);
    expect(found(bound({ [name]: 'a' }, {}))).toEqual(none);
    expect(
      found(
        bound(
          { [name]: 'a' },
          { [name]: 'b' },
          { told: { binding: { [name]: 'b' }, trustedAt: '2026-05-04T10:00:30Z' } },
        ),
      ),
    ).toEqual(none);
  });
  test('its network with it', () => {
    expect(found(bound({ device: 'a' }, { device: 'b' }, { network: '81.2.69.1' }))).toEqual(['binding-drift high']);
  });
  test('from a bound key to none', () => {
    expect(found(bound({ boundKey: 'a' }, {}, { attributes: { tokenType: 'Bearer' } }))).toEqual([
      'binding-drift high',
    ]);
    expect(found(bound({}, {}, { attributes: { tokenType: 'Bearer' } }))).toEqual(none);
  });
  test('the browser of a browser session; programs of one host are none', () => {
    const agents = (kind: string, a: string, b: string): Given => ({
      sessions: { s: { kind } },
      events: [
        { at: 0, session: 's', agent: a },
        { at: 1, session: 's', agent: b },
      ],
    });
    expect(found({ kind: 'human', ...agents('browser', 'Chrome', 'python-requests') })).toEqual([
      'binding-drift medium',
    ]);
    expect(found({ kind: 'human', ...agents('browser', 'Chrome', 'Microsoft Teams') })).toEqual(none);
    expect(found(agents('api', 'terraform', 'aws-cli'))).toEqual(none);
  });
  test('the region a caller runs in; regions that are called are none', () => {
    const regions = (source: string): Given => ({
      events: ['eu-1', 'us-1'].map((region, at) => ({ at, session: 's', source, region })),
    });
    expect(found(regions('pdp'))).toEqual(['binding-drift medium']);
    expect(found(regions('aws'))).toEqual(none);
  });
});

describe('survival', () => {
  const names = [{ issuer: 'x', type: 'user', externalId: 'svc-1' }];
  const life = (
    what: 'deleted' | 'rotated' | 'disabled' | 'revoked',
    of: 'credential' | 'identity' | 'session' = 'credential',
  ) => ({
    of,
    what,
    externalId: of === 'credential' ? 'AKIA1' : of === 'session' ? 'key-s' : 'svc-1',
    at: 10,
  });
  const use = (at: number, over: object = {}) => ({
    at,
    session: 's',
    credential: 'AKIA1',
    network: '3.9.1.1',
    ...over,
  });
  test('a deleted key still works', () => {
    expect(found({ events: [use(0), use(12)], lives: [life('deleted')] })).toEqual(['survival high']);
    expect(found({ events: [use(0), use(12, { class: 'change' })], lives: [life('disabled')] })).toEqual([
      'survival critical',
    ]);
  });
  test('a session that was ended goes on; one whose identity was disabled does', () => {
    expect(found({ events: [use(0), use(12)], lives: [life('revoked', 'session')] })).toEqual(['survival high']);
    expect(found({ names, events: [use(0), use(12)], lives: [life('disabled', 'identity')] })).toEqual([
      'survival high',
    ]);
  });
  test('rotated, and a session from before goes on', () => {
    expect(found({ events: [use(0), use(12)], lives: [life('rotated')] })).toEqual(['survival medium']);
    expect(found({ events: [use(11, { session: 't' })], lives: [life('rotated')] })).toEqual(none);
    expect(found({ events: [use(0), use(12)], lives: [{ ...life('rotated'), bySessionId: 's' }] })).toEqual(none);
  });
  test('presented again and refused: from elsewhere it is worse', () => {
    const refused = { outcome: 'failure' as const };
    expect(found({ events: [use(0), use(12, refused)], lives: [life('deleted')] })).toEqual(['dead-token low']);
    expect(
      found({ events: [use(0), use(12, { ...refused, network: '81.2.69.1' })], lives: [life('deleted')] }),
    ).toEqual(['dead-token high']);
  });
  test.each<[string, Given]>([
    ['deleted and not used again', { events: [use(0), use(9)], lives: [life('deleted')] }],
    ['under way at that moment', { events: [use(0), use(10.1)], lives: [life('deleted')] }],
    [
      'enabled again',
      { events: [use(0), use(12)], lives: [life('disabled'), { ...life('disabled'), what: 'enabled', at: 11 }] },
    ],
    ['another key of the identity', { events: [use(12, { credential: 'AKIA2' })], lives: [life('deleted')] }],
  ])('none: %s', (_, given) => expect(found(given)).toEqual(none));
});

describe('outlived', () => {
  const until = '2026-05-04T10:05:00.000Z';
  test('beyond its approval, beyond its lifetime', () => {
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { consent: { until } } },
          { at: 9, session: 's' },
        ],
      }),
    ).toEqual(['outlived high']);
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 9, session: 's' },
        ],
      }),
    ).toEqual(['outlived medium']);
  });
  test('renewed, refused, or within a minute', () => {
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 4, session: 's', action: 'auth/token/renew-self' },
          { at: 9, session: 's' },
        ],
      }),
    ).toEqual(none);
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 9, session: 's', outcome: 'failure' },
        ],
      }),
    ).toEqual(none);
    expect(
      found({
        events: [
          { at: 0, session: 's', told: { expiresAt: until } },
          { at: 5.5, session: 's' },
        ],
      }),
    ).toEqual(none);
  });
});

describe('unusual concurrency', () => {
  const peaks = (most: number) => ({
    peaks: [
      [1, most],
      [2, most],
      [3, most],
    ] as [number, number][],
  });
  test('three are strange for one, 56 normal for another', () => {
    expect(found({ envelope: peaks(1), steps: [[1, 3]] })).toEqual(['unusual-concurrency low']);
    expect(found({ envelope: peaks(56), steps: [[1, 63]] })).toEqual(none);
    expect(found({ envelope: peaks(56), steps: [[1, 71]] })).toEqual(['unusual-concurrency low']);
    expect(found({ envelope: peaks(1), steps: [[1, 2]] })).toEqual(none);
  });
  test('with nothing learned no number is strange', () => expect(found({ steps: [[1, 500]] })).toEqual(none));
  test('from an unknown network it is worse', () => {
    const events = [{ at: 1, session: 's', network: '81.2.69.1' }];
    expect(
      found({
        envelope: { ...peaks(1), networks: { '3.9': 9, '3.8': 1, '3.7': 1, '3.6': 1 } },
        steps: [[1, 3]],
        events,
      }),
    ).toEqual(['unusual-concurrency medium']);
  });
});

describe('escalation', () => {
  const scope = (a: string, b: string, over: object = {}): Given => ({
    events: [
      { at: 0, session: 's', told: { scope: a } },
      { at: 1, session: 's', told: { scope: b, ...over } },
    ],
  });
  test('scope grows by something powerful', () => {
    expect(found(scope('repo:read', 'repo:read repo:admin'))).toEqual(['scope-growth high']);
    expect(found(scope('repo:read', 'repo:read issues:read'))).toEqual(none);
    expect(found(scope('repo:read', 'repo:read repo:admin', { consent: { by: 'ann' } }))).toEqual(none);
    expect(found(scope('repo:admin', 'repo:read'))).toEqual(none);
  });
  test('an identity gives itself privilege; by another it is administration', () => {
    const names = [{ issuer: 'aws', type: 'IAMUser', externalId: 'arn:x' }];
    const lives = (byIdentityId: string) => [
      { of: 'identity' as const, what: 'privileged' as const, externalId: 'arn:x', at: 0, by: 0, byIdentityId },
    ];
    const events = [{ at: 0, action: 'iam:AttachUserPolicy', class: 'change' as const }];
    expect(found({ names, events, lives: lives('i1') })).toEqual(['scope-growth high']);
    expect(found({ names, events, lives: lives('admin') })).toEqual(none);
  });
  test('extraction and acceleration against its own record', () => {
    const envelope = { mostReads: 50, mostExports: 0, busiestMinute: 10 };
    expect(found({ envelope, hours: [{ reads: 500 }] })).toEqual(['extraction medium']);
    expect(found({ envelope, hours: [{ reads: 499 }] })).toEqual(none);
    expect(found({ envelope, hours: [{ exports: 100 }] })).toEqual(['extraction high']);
    expect(found({ envelope, hours: [{ busiest: 100 }] })).toEqual(['acceleration medium']);
    expect(found({ envelope, hours: [{ busiest: 59 }] })).toEqual(none);
    expect(found({ hours: [{ reads: 1e6, busiest: 1e6 }] })).toEqual(none);
  });
  test('approvals refused in a row', () => {
    const asked = (...list: [number, boolean][]): Given => ({
      events: list.map(([at, ok]) => ({
        at,
        action: 'deploy.approve',
        class: 'approval' as const,
        outcome: ok ? ('success' as const) : ('failure' as const),
      })),
    });
    expect(found(asked([0, false], [1, false], [2, false]))).toEqual(['failed-approvals medium']);
    expect(found(asked([0, false], [1, false], [2, false], [3, true]))).toEqual(['failed-approvals high']);
    expect(found(asked([0, false], [1, false], [2, true], [3, false]))).toEqual(none);
    expect(found(asked([0, false], [10, false], [20, false]))).toEqual(none);
  });
  test('outside the approved scope', () => {
    const act = (told: object, over: object = {}): Given => ({
      events: [
        { at: 0, session: 's', told },
        { at: 1, session: 's', action: 'pods.delete', class: 'change' as const, ...over },
      ],
    });
    expect(found(act({ scope: 'pods.read logs:view' }))).toEqual(['out-of-scope high']);
    expect(found(act({ scope: 'pods.read' }, { outcome: 'failure' }))).toEqual(none);
    expect(found(act({ scope: 'pods.write' }))).toEqual(none);
    expect(found(act({ scope: 'openid profile' }))).toEqual(none);
    expect(
      found({
        events: ['search', 'fetch', 'shell'].map((tool, at) => ({
          at,
          session: 's',
          told: { scope: 'tool:search tool:fetch', ai: { tool } },
        })),
      }),
    ).toEqual(['out-of-scope high']);
  });
  test('first touch of what opens doors', () => {
    const envelope = { actions: { 's3:GetObject': 900 } };
    const did = (...actions: string[]) => actions.map((action, at) => ({ at, action }));
    expect(found({ envelope, events: did('secretsmanager:GetSecretValue') })).toEqual(['unusual-action medium']);
    expect(
      found({
        envelope,
        events: did('secretsmanager:GetSecretValue', 'iam:CreateAccessKey', 'cloudtrail:StopLogging'),
      }),
    ).toEqual(['unusual-action critical']);
    expect(found({ envelope, events: did('s3:PutObject') })).toEqual(none);
    expect(
      found({ envelope: { actions: { 'secretsmanager:GetSecretValue': 900 } }, events: did('ssm:GetParameter') }),
    ).toEqual(none);
    expect(found({ events: did('secretsmanager:GetSecretValue') })).toEqual(none);
  });
});

describe('travel and places', () => {
  const trip = (from: string, to: string, minutes: number, over: Given = {}): Given => ({
    kind: 'human',
    events: [
      { at: 0, session: 'a', network: '1.1.1.1', agent: 'Chrome' },
      { at: minutes, session: 'b', network: '2.2.2.2', agent: 'Chrome' },
    ],
    places: { '1.1.1.1': { country: from }, '2.2.2.2': { country: to } },
    ...over,
  });
  test('faster than anybody', () => {
    expect(found(trip('NL', 'BR', 60))).toEqual(['travel medium']);
    expect(found(trip('NL', 'SG', 600))).toEqual(['travel medium']);
    expect(found(trip('NL', 'SG', 900))).toEqual(none);
    expect(found(trip('NL', 'DE', 1))).toEqual(none);
    expect(found(trip('US', 'CA', 1))).toEqual(none);
    expect(found(trip('NL', 'NL', 1))).toEqual(none);
  });
  test('told by its source, in words', () => {
    const events = ['Netherlands', 'Australia'].map((region, at) => ({
      at,
      session: 's',
      source: 'okta',
      network: `${at + 1}.1.1.1`,
      region,
      agent: 'Chrome',
    }));
    expect(found({ kind: 'human', events })).toEqual(['travel medium']);
  });
  test('a VPN lowers it', () => {
    expect(
      found(
        trip('NL', 'BR', 60, {
          places: { '1.1.1.1': { country: 'NL' }, '2.2.2.2': { country: 'BR', org: 'Mullvad VPN' } },
        }),
      ),
    ).toEqual(['travel low']);
  });
  test('a workload may run in two countries at once, in sessions of its own', () => {
    expect(found({ ...trip('NL', 'BR', 1), kind: 'workload' })).toEqual(none);
  });
  test('a machine that keeps to a country acts from another', () => {
    const envelope = { networks: { '3.9': 900 }, countries: { GB: 900 }, agents: { terraform: 900 } };
    const from = (network: string, agent: string) => [{ at: 0, session: 's', network, agent }];
    const places = { '81.2.69.1': { country: 'BR' }, '3.10.1.1': { country: 'GB' } };
    expect(found({ envelope, places, events: from('81.2.69.1', 'terraform') })).toEqual(['unusual-place low']);
    expect(found({ envelope, places, events: from('81.2.69.1', 'curl') })).toEqual(['unusual-place medium']);
    expect(found({ envelope, places, events: from('3.10.1.1', 'terraform') })).toEqual(none);
    expect(found({ places, events: from('81.2.69.1', 'curl') })).toEqual(none);
    expect(found({ kind: 'human', envelope, places, events: from('81.2.69.1', 'curl') })).toEqual(none);
  });
});

describe('dark and human', () => {
  test('a session nobody tells of', () => {
    expect(found({ sessions: { s: { dark: true }, t: {} } })).toEqual(['dark-session medium']);
    expect(found({ sessions: { s: { dark: true, ended: true } } })).toEqual(none);
  });
  test('a person at a machine’s identity', () => {
    const names = [{ issuer: 'k8s', type: 'user', externalId: 'system:serviceaccount:prod:api' }];
    const by = (agent: string): Given => ({ names, events: [{ at: 0, session: 's', agent }] });
    expect(found(by('kubectl kubernetes'))).toEqual(['human-use medium']);
    expect(found(by('Chrome'))).toEqual(['human-use medium']);
    expect(found(by('kube-controller-manager kubernetes'))).toEqual(none);
    expect(found({ ...by('Chrome'), kind: 'human' })).toEqual(none);
  });
  test('a name that may be a person’s: only against what it does', () => {
    const events = [{ at: 0, session: 's', agent: 'Chrome' }];
    expect(found({ events })).toEqual(none);
    expect(found({ events, envelope: { agents: { terraform: 900 } } })).toEqual(['human-use medium']);
    expect(found({ events, envelope: { agents: { terraform: 900, Firefox: 1 } } })).toEqual(none);
  });
});

describe('regrowth', () => {
  const names = [{ issuer: 'x', type: 'user', externalId: 'svc-1' }];
  const ended = { of: 'identity' as const, what: 'disabled' as const, externalId: 'svc-1', at: 0 };
  test('a new session, or a new key, after its end', () => {
    expect(found({ names, events: [{ at: 9, session: 'n' }], lives: [ended] })).toEqual(['regrowth critical']);
    expect(found({ names, lives: [ended, { of: 'credential', what: 'created', externalId: 'k2', at: 5 }] })).toEqual([
      'regrowth critical',
    ]);
  });
  test('enabled first; or a key replaced by another', () => {
    expect(
      found({ names, events: [{ at: 9, session: 'n' }], lives: [ended, { ...ended, what: 'enabled', at: 5 }] }),
    ).toEqual(none);
    expect(
      found({
        lives: [
          { of: 'credential', what: 'deleted', externalId: 'k1', at: 0 },
          { of: 'credential', what: 'created', externalId: 'k2', at: 5 },
        ],
      }),
    ).toEqual(none);
  });
});

describe('learning', () => {
  test('nothing that a finding stands on becomes usual, and nothing twice', () => {
    const picture = pictureOf({
      events: [
        { at: 0, session: 's', network: '3.9.1.1', agent: 'curl' },
        { at: 1, session: 's', network: '81.2.69.1', agent: 'evil' },
      ],
    });
    const once = learn(null, picture, new Set(['e1']));
    expect(once).toMatchObject({ networks: { '3.9': 1 }, agents: { curl: 1 }, sessions: 1 });
    expect(learn(once, picture, new Set(['e1']))).toMatchObject({
      networks: { '3.9': 1 },
      agents: { curl: 1 },
      sessions: 1,
    });
  });
  test('it stays small', () => {
    const events = Array.from({ length: 2000 }, (_, n) => ({
      at: n / 100,
      network: `${(n % 200) + 1}.${n % 250}.1.1`,
      agent: `tool-${n}`,
      action: `do-${n}`,
    }));
    const envelope = learn(learned(), pictureOf({ events }), new Set());
    expect(JSON.stringify(envelope).length).toBeLessThan(10_000);
  });
});
