// Stolen sessions and tokens: for, against and near misses.
import { describe, expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { type Given, pictureOf } from '@/lib/findings/testing-model';

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
      'the platform that opens the log of a function',
      token({}, { agent: 'awslambda-worker rusoto', action: 'logs:CreateLogStream', class: 'change' }),
    ],
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
  test.each(['aws-internal', 'S3Console aws-internal', 'x.amazonaws.com', 'CloudShell', 'awslambda-worker rusoto'])(
    'no name a caller gives itself makes it the vendor’s own: %s',
    (agent) => {
      expect(found(token({}, { agent }))).toEqual(['replay high']);
      const ofInstance = { sessions: { s: { key: 'role/i-0dbc91f429e48eeed' } } };
      expect(found(token(ofInstance, { agent }))).toContain('instance-credentials critical');
    },
  );
  test('zones: within one it is nothing; from one to a place in none it is a theft whatever the client calls itself', () => {
    const office = { zone: 'office' };
    const inside = { '3.9.1.1': office, '81.2.69.1': office };
    expect(found(token({ places: inside }))).toEqual(none);
    const outside = { '3.9.1.1': office, '81.2.69.1': { zone: null } };
    expect(found(token({ places: outside }))).toEqual(['replay critical']);
    expect(found(token({ places: outside }, { agent: 'terraform' }))).toEqual(['replay critical']);
    expect(found(token({ places: { '3.9.1.1': { zone: null }, '81.2.69.1': { zone: null } } }))).toEqual([
      'replay high',
    ]);
  });
  test('zones: an app’s server redeems codes from inside one; from elsewhere that is no back channel', () => {
    const redeems = { action: 'refresh_token', class: 'session' as const };
    const places = { '3.9.1.1': { zone: 'office' }, '81.2.69.1': { zone: null } };
    expect(found(token({}, redeems))).toEqual(none);
    expect(found(token({ places }, redeems))).toEqual(['replay critical']);
    expect(found(token({ places: { ...places, '81.2.69.1': { zone: 'servers' } } }, redeems))).toEqual(none);
  });
  test('what a finding’s evidence did is its impact', () => {
    const impact = (over: object) => detect(pictureOf(token({}, over)))[0]!.impact;
    expect(impact({})).toEqual([]);
    expect(impact({ class: 'change' })).toEqual(['change']);
    expect(impact({ class: 'change', action: 'iam:DeleteUser' })).toEqual(['change', 'disruption']);
    expect(impact({ class: 'export' })).toEqual(['exfiltration']);
    expect(impact({ class: 'change', outcome: 'failure' })).toEqual([]);
  });
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
  test('a person’s command lines: one computer that moves is none, two at once are', () => {
    const tools = (...seen: [number, string, string][]): Given => ({
      kind: 'human',
      events: seen.map(([at, network, agent]) => ({ at, session: 's', network, agent })),
    });
    const [office, home] = ['217.110.4.9', '91.12.33.4'];
    expect(found(tools([0, office, 'aws-cli'], [9, home, 'Boto3'], [12, home, 'Terraform']))).toEqual(none);
    const roaming: [number, string, string][] = [
      [0, office, 'aws-cli'],
      [9, home, 'aws-cli'],
      [12, home, 'Boto3'],
      [15, office, 'aws-cli'],
    ];
    expect(found(tools(...roaming))).toEqual(none);
    expect(found(tools([0, office, 'Terraform'], [9, home, 'aws-cli'], [12, office, 'Terraform']))).toEqual([
      'replay high',
    ]);
  });
  test('clients that all show at several addresses of an unknown place are one host’s', () => {
    const seen: [number, string, string][] = [
      [0, '203.0.113.7', 'aws-cli'],
      [1, '198.51.100.7', 'aws-cli'],
      [2, '203.0.113.7', 'Boto3'],
      [3, '198.51.100.7', 'Terraform'],
    ];
    const events = seen.map(([at, network, agent]) => ({ at, session: 's', network, agent }));
    expect(found({ events })).toEqual(none);
    const apart = events.map((event) => ({ ...event, agent: event.network === '203.0.113.7' ? 'Boto3' : 'aws-cli' }));
    expect(found({ events: apart })).toEqual(['replay high']);
  });
  test('a token without a client, inside and outside at once; not where a cloud writes its own calls so', () => {
    const seen = (source: string, agent: string | null, back = '10.0.1.5'): Given => ({
      events: [
        { at: 0, session: 's', source, agent, network: '10.0.1.5' },
        { at: 2, session: 's', source, agent, network: '165.227.10.8' },
        { at: 4, session: 's', source, agent, network: back },
      ],
    });
    expect(found(seen('vault', null))).toEqual(['replay high']);
    expect(found(seen('vault', null, '165.227.10.8'))).toEqual(none);
    expect(found(seen('vault', 'vault-agent'))).toEqual(none);
    expect(found(seen('aws', null))).toEqual(none);
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
  test('a client that races itself is told low: one address, one client, seconds after its own refresh', () => {
    const refresh = (at: number, over: object = {}) => ({
      at,
      session: 's',
      network: '3.9.1.1',
      agent: 'Chrome',
      action: 'app.oauth2.as.token.grant.refresh_token',
      class: 'session' as const,
      ...over,
    });
    const reused = (at: number, over: object = {}) =>
      refresh(at, { action: 'app.oauth2.token.detect_reuse', told: { tags: ['refresh_token_reuse'] }, ...over });
    expect(found({ events: [refresh(0), reused(1 / 60)] })).toEqual(['token-reuse low']);
    expect(found({ events: [refresh(0), reused(0.5)] })).toEqual(['token-reuse low']);
    expect(found({ events: [refresh(0), reused(0.52)] })).toEqual(['token-reuse high']);
    expect(found({ events: [refresh(0), reused(1 / 60, { agent: 'curl' })] })).toEqual(['token-reuse high']);
    expect(found({ events: [refresh(0), reused(1 / 60, { network: '3.9.1.2' })] })).toEqual(['token-reuse critical']);
    expect(found({ events: [refresh(0), reused(1 / 60), reused(9)] })).toEqual(['token-reuse high']);
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
  test('the operating system of a browser session; a program it was handed on to is none', () => {
    const on = (a: [string, string], b: [string, string]): Given => ({
      kind: 'human',
      sessions: { s: { kind: 'browser' } },
      events: [a, b].map(([agent, os], at) => ({ at, session: 's', agent, attributes: { os } })),
    });
    expect(found(on(['Chrome', 'Windows'], ['Chrome', 'Linux']))).toEqual(['binding-drift medium']);
    expect(found(on(['Chrome', 'Windows'], ['Chrome', 'Windows']))).toEqual(none);
    expect(found(on(['Chrome', 'Windows'], ['azurecli', 'Linux']))).not.toContain('binding-drift high');
  });
  test('the region a caller runs in; regions that are called are none', () => {
    const regions = (source: string): Given => ({
      events: ['eu-1', 'us-1'].map((region, at) => ({ at, session: 's', source, region })),
    });
    expect(found(regions('pdp'))).toEqual(['binding-drift medium']);
    expect(found(regions('aws'))).toEqual(none);
  });
});
