import { describe, expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { type Given, pictureOf, type Said } from '@/lib/findings/testing-model';

const EAST = '52.46.1.1';
const DE = '217.110.4.9';
const MOBILE = '109.40.1.9';
const places: Given['places'] = {
  [EAST]: { country: 'IE', asn: 16_509, org: 'Amazon' },
  [DE]: { country: 'DE', asn: 20_676, org: 'plusnet' },
  [MOBILE]: { country: 'DE', asn: 3209, org: 'Vodafone' },
};
/** One access key: CloudTrail makes one session of it. */
const key = (events: Said[], over: Partial<Given> = {}) => {
  const said = events.map((event) => ({ session: 'k', credential: 'AKIA1', source: 'aws', ...event }));
  const sessions = { k: { key: 'key AKIA1', credentialKind: 'access_key', observedBy: 'derived' } };
  return detect(pictureOf({ events: said, sessions, places, ...over })).map(
    ({ detector, severity, cause }) => `${detector} ${severity} ${cause}`,
  );
};
const changes = { action: 'iam:CreateUser', class: 'change' as const };

describe('one key reads here and changes there', () => {
  const DC = { network: DE, agent: 'orders-api' };
  const other = { network: MOBILE, agent: 'aws-cli' };
  /** Every minute a read of the one, and every third a change of the other. */
  const split = (n: number, over: Partial<Said> = {}): Said[] => [
    ...Array.from({ length: n }, (_, k) => ({ at: k, ...DC })),
    ...Array.from({ length: Math.floor(n / 3) }, (_, k) => ({ at: k * 3 + 0.5, ...other, ...changes, ...over })),
  ];
  test('two operators of one country, by two clients, back and forth', () => {
    expect(key(split(12))).toEqual(['read-change-split high key:AKIA1']);
  });
  test.each<[string, Said[], Partial<Given>?]>([
    ['so few that it is chance', split(3)],
    ['the reader changes as well', [...split(12), { at: 13, ...DC, ...changes }]],
    ['one client', split(12, { agent: 'orders-api' })],
    ['one operator', split(12, { network: '217.110.9.9' }), { places: { ...places, '217.110.9.9': places![DE]! } }],
    ['a client that shows at both', [...split(12), { at: 14, network: DE, agent: 'aws-cli' }]],
    ['a person', split(12), { kind: 'human' }],
    [
      'one in the morning, the other at night',
      split(12).map((one) => (one.agent === 'aws-cli' ? { ...one, at: one.at + 400 } : one)),
    ],
    [
      'both are usual',
      split(12),
      {
        envelope: {
          networks: { '217.110': 9, '109.40': 9 },
          agents: { 'orders-api': 9, 'aws-cli': 9 },
          countries: { DE: 9 },
        },
      },
    ],
  ])('none: %s', (_, events, over = {}) => expect(key(events, { from: -5000, ...over })).toEqual([]));
  test('against: a pool of three places, one of which has just begun', () => {
    const at = (network: string, agent: string, reads: number, writes: number): Said[] => [
      ...Array.from({ length: reads }, (_, k) => ({ at: k, network, agent })),
      ...Array.from({ length: writes }, (_, k) => ({ at: k * 3 + 0.5, network, agent, ...changes })),
    ];
    expect(key([...at(DE, 'orders-api', 40, 12), ...at(MOBILE, 'batch', 30, 10), ...at(EAST, 'report', 2, 0)])).toEqual(
      [],
    );
  });
});
