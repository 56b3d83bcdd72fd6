// What is judged by what an identity usually does, or is approved to: for, against and near misses.
import { describe, expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { learn, usualPeak } from '@/lib/findings/learn-state';
import { type Given, learned, pictureOf } from '@/lib/findings/testing-model';

const found = (given: Given) => detect(pictureOf(given)).map(({ detector, severity }) => `${detector} ${severity}`);
const none: string[] = [];

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
    // A refresh may hold less, never anything else; another token of the session may.
    const refreshed = { parent: { how: 'refresh', credential: 'rt' } };
    expect(found(scope('orders:read profile', 'admin:full', refreshed))).toEqual(['scope-growth high']);
    expect(found(scope('orders:read profile', 'admin:full'))).toEqual(none);
    expect(found(scope('admin:full orders:read', 'admin:full', refreshed))).toEqual(none);
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
    const earlier: [number, boolean][] = [
      [-600, false],
      [-599, false],
      [-598, false],
    ];
    // A run that was granted hours ago hides none of today; one that was not is over and done with.
    expect(found(asked(...earlier, [-597, true], [0, false], [1, false], [2, false]))).toEqual([
      'failed-approvals medium',
    ]);
    expect(found(asked(...earlier, [0, false]))).toEqual(none);
    expect(found(asked(...earlier, [0, true]))).toEqual(none);
    expect(found(asked([-62, false], [-61, false], [-60.5, false], [-59, true]))).toEqual(['failed-approvals high']);
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
  test('a script of a person may run on another host, an app’s server is not where its user is', () => {
    const other = (over: object) =>
      trip('NL', 'BR', 1, {
        events: [trip('NL', 'BR', 1).events![0]!, { ...trip('NL', 'BR', 1).events![1]!, ...over }],
      });
    expect(found(other({ agent: 'aws-cli' }))).toEqual(none);
    expect(found(other({ action: 'CODE_TO_TOKEN', class: 'session' }))).toEqual(none);
    expect(found(other({ agent: 'Firefox' }))).toEqual(['travel medium']);
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
  describe('one session of a service in two countries', () => {
    const places = { '1.1.1.1': { country: 'NL' }, '2.2.2.2': { country: 'BR' } };
    const exits = { networks: { '1.1': 400, '2.2': 3 }, countries: { NL: 400, BR: 3 }, agents: { terraform: 403 } };
    const at = (minute: number, network: string, agent = 'terraform') => ({ at: minute, session: 's', network, agent });
    const there = [at(0, '1.1.1.1'), at(1, '2.2.2.2')];
    const andBack = [...there, at(2, '1.1.1.1')];
    test('is a journey nobody makes, and held in both at once a theft', () => {
      expect(found({ places, events: there })).toEqual(['travel high']);
      expect(found({ places, events: andBack })).toEqual(['replay high']);
    });
    test('is nothing where it is known to leave by both', () => {
      expect(found({ places, envelope: exits, events: there })).toEqual(none);
      expect(found({ places, envelope: exits, events: andBack })).toEqual(none);
      const asn = { '1.1.1.1': { asn: 1 }, '2.2.2.2': { asn: 2 } };
      expect(found({ places: asn, envelope: exits, events: andBack })).toEqual(none);
    });
    test.each<[string, Given]>([
      ['one of them was seen twice only', { envelope: { ...exits, networks: { '1.1': 400, '2.2': 2 } } }],
      ['too little is known', { envelope: { ...exits, days: [1, 2] } }],
      [
        'it leaves the trusted zone',
        { places: { '1.1.1.1': { country: 'NL', zone: 'servers' }, '2.2.2.2': { country: 'BR', zone: null } } },
      ],
    ])('and told all the same: %s', (_, over) => {
      expect(found({ places, envelope: exits, events: there, ...over })).toContain('travel high');
      expect(found({ places, envelope: exits, events: andBack, ...over })[0]).toMatch(/^replay/);
    });
    test('and told all the same: the client is new, or another one than the holder’s', () => {
      const curl = [at(0, '1.1.1.1'), at(1, '2.2.2.2', 'curl'), at(2, '1.1.1.1')];
      expect(found({ places, envelope: exits, events: curl })).toEqual(['replay high']);
      const agents = { terraform: 400, curl: 5 };
      expect(found({ places, envelope: { ...exits, agents }, events: curl })).toEqual(['replay high']);
    });
    test('and told all the same of a person', () => {
      expect(found({ kind: 'human', places, envelope: exits, events: there })).toEqual(['travel medium']);
    });
    test('does not become usual by what the found session did there', () => {
      const events = [...andBack, ...Array.from({ length: 50 }, (_, n) => at(3 + n, '2.2.2.2'))];
      const picture = pictureOf({ places, events, envelope: { networks: { '1.1': 400 }, agents: { terraform: 400 } } });
      expect(learn(picture.envelope, picture, detect(picture)).networks).toEqual({ '1.1': 400 });
      const apart = pictureOf({
        places,
        events: events.map((event, n) => ({ ...event, session: `s${event.network}`, at: n })),
      });
      expect(learn(null, apart, detect(apart)).networks).toEqual({ '1.1': 2, '2.2': 51 });
    });
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

describe('learning', () => {
  test('nothing that a finding stands on becomes usual, and nothing twice', () => {
    const picture = pictureOf({
      events: [
        { at: 0, session: 's', network: '3.9.1.1', agent: 'curl' },
        { at: 1, session: 's', network: '81.2.69.1', agent: 'evil' },
      ],
    });
    const at = new Date(picture.to).toISOString();
    const evidence = { sessions: [], decisions: [], events: ['e1'], facts: {} };
    const words = {
      cause: 'c',
      title: 't',
      summary: 's',
      reasons: [],
      identityId: 'i1',
      firstSeenAt: at,
      lastSeenAt: at,
    };
    const told = [{ ...words, detector: 'replay' as const, severity: 'high' as const, evidence }];
    const once = learn(null, picture, told);
    expect(once).toMatchObject({ networks: { '3.9': 1 }, agents: { curl: 1 }, sessions: 1 });
    expect(learn(once, picture, told)).toMatchObject({
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
    const envelope = learn(learned(), pictureOf({ events }), []);
    expect(JSON.stringify(envelope).length).toBeLessThan(10_000);
  });
  test('a crowd does not become usual by being found', () => {
    const envelope = learned({ peaks: [1, 2, 3].map((day) => [day, 2]) });
    const picture = { ...pictureOf({ steps: [[1, 60]] }), envelope };
    const told = detect(picture);
    expect(told.map((one) => one.detector)).toEqual(['unusual-concurrency']);
    expect(usualPeak(learn(envelope, picture, told))).toBe(2);
    expect(usualPeak(learn(envelope, picture, []))).toBe(60);
  });
  test('an hour far above its record sets none', () => {
    const before = learned({ mostReads: 50, mostExports: 5, mostEvents: 60, busiestMinute: 10 });
    const given = pictureOf({ hours: [{ events: 9000, reads: 8000, busiest: 700 }] });
    const picture = { ...given, to: given.to + 3_600_000, envelope: before };
    const after = learn(before, picture, detect(picture));
    expect(after).toMatchObject({ mostReads: 50, mostEvents: 60, busiestMinute: 10 });
    expect(learn(before, picture, [])).toMatchObject({ mostReads: 8000, mostEvents: 9000, busiestMinute: 700 });
  });
});
