import { describe, expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { type Given, pictureOf, type Said } from '@/lib/findings/testing-model';

const US = '3.225.16.109';
const EAST = '52.46.1.1';
const RU = '185.20.1.1';
const DE = '217.110.4.9';
const places: Given['places'] = {
  [US]: { country: 'US', asn: 14_618, org: 'Amazon' },
  [EAST]: { country: 'IE', asn: 16_509, org: 'Amazon' },
  [RU]: { country: 'RU', asn: 49_505, org: 'Selectel' },
  [DE]: { country: 'DE', asn: 20_676, org: 'plusnet' },
};
/** One token, of which each of its clients' events make a session of their own. */
const token = (events: Said[], over: Partial<Given> = {}, credentialKind = 'token') => {
  const sessions = { Boto3: { credentialKind }, 'aws-cli': { credentialKind } };
  const said = events.map((event) => ({ session: event.agent!, credential: 'T', ...event }));
  return detect(pictureOf({ events: said, sessions, places, ...over })).map(
    ({ detector, severity, cause }) => `${detector} ${severity} ${cause}`,
  );
};
const boto = (at: number, over: Partial<Said> = {}): Said => ({ at, network: US, agent: 'Boto3', ...over });
const cli = (at: number, over: Partial<Said> = {}): Said => ({ at, network: RU, agent: 'aws-cli', ...over });
const changes = { action: 'iam:CreateUser', class: 'change' as const };
const turns = (least: number): Said[] => Array.from({ length: least }, (_, n) => (n % 2 ? cli(n * 3) : boto(n * 3)));

describe('one token, two sessions', () => {
  test('there and back is enough: it was given to one client', () => {
    expect(token(turns(3))).toEqual(['replay high key:T']);
    expect(token(turns(2))).toEqual([]);
    expect(token([...turns(3), cli(9, changes)])).toEqual(['replay critical key:T']);
  });
  test('by a VPN it is less', () => {
    expect(token([boto(0), cli(3, { attributes: { proxy: true } }), boto(6)])).toEqual(['replay medium key:T']);
  });
  test('told with the sessions both made', () => {
    const said = turns(4).map((event) => ({ ...event, session: event.agent!, credential: 'T' }));
    const [found, ...rest] = detect(pictureOf({ events: said, places }));
    expect(rest).toEqual([]);
    expect(found!.evidence.sessions.sort()).toEqual(['Boto3', 'aws-cli']);
  });
  test('in one session it is told of the session, once', () => {
    const one = turns(3).map((event) => ({ ...event, session: 'a' }));
    expect(token(one, { sessions: {} })).toEqual(['replay high session:a']);
  });
  test.each(['access_key', 'client_secret', 'certificate'])(
    'none: a pipeline and a service were configured with one %s',
    (kind) => expect(token([...turns(12), cli(40, changes)], {}, kind)).toEqual([]),
  );
  test.each<[string, Said[], Partial<Given>?]>([
    ['one client at both', turns(6).map((event) => ({ ...event, session: event.agent!, agent: 'Boto3' }))],
    ['two regions of one cloud', turns(6).map((event) => (event.network === RU ? { ...event, network: EAST } : event))],
    ['a laptop whose VPN goes on and off', [...turns(6), cli(20, { network: US }), boto(22, { network: RU })]],
    ['a person who flew', [boto(0), cli(900), boto(1800), cli(2700)]],
    ['handed over', [boto(0), boto(3), cli(6), cli(9)]],
    [
      'handed around by design',
      [...turns(6), boto(20, { network: DE, agent: 'terraform' }), boto(21, { network: '8.8.8.8', agent: 'git' })],
      { places: { ...places, '8.8.8.8': { country: 'JP', asn: 7, org: 'x' } } },
    ],
    [
      'both in one trusted zone',
      turns(6),
      { places: { [US]: { ...places![US], zone: 'ours' }, [RU]: { ...places![RU], zone: 'ours' } } },
    ],
    [
      'both are usual',
      turns(6),
      {
        envelope: {
          networks: { '3.225': 9, '185.20': 9 },
          agents: { Boto3: 9, 'aws-cli': 9 },
          countries: { US: 9, RU: 9 },
        },
      },
    ],
  ])('none: %s', (_, events, over = {}) => expect(token(events, { from: -5000, ...over })).toEqual([]));
});
