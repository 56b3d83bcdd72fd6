import { describe, expect, test } from 'vitest';
import type { Locate } from '@/lib/findings/picture-model';
import { lanesOf } from '@/lib/lanes/lanes-state';
import type { Deed, LaneSession } from '@/lib/lanes/model';
import { strandsOf } from '@/lib/lanes/strands-state';

const PLACES: Record<string, [string, number]> = {
  '3.225': ['US', 14618],
  '18.204': ['US', 16509],
  '185.20': ['RU', 49505],
};
const locate: Locate = (address) => {
  const [country, asn] = PLACES[address.split('.').slice(0, 2).join('.')] ?? [null, null];
  return country === undefined || country === null ? null : { country, asn, org: null };
};
const ID = '00000000-0000-4000-8000-000000000001';
const session = (over: Partial<LaneSession> = {}): LaneSession => ({
  id: ID,
  label: 'role',
  network: '3.225.16.109',
  agent: 'Boto3',
  boundTo: null,
  from: 0,
  until: 900_000,
  live: true,
  actions: {},
  times: [],
  ofInstance: false,
  ...over,
});
const deed = (
  network: string,
  agent: string | null,
  action: string,
  times: number[],
  over: Partial<Deed> = {},
): Deed => ({
  sessionId: ID,
  network,
  agent,
  region: null,
  source: 'aws',
  action,
  class: 'read',
  attributes: {},
  count: times.length,
  times,
  ...over,
});
const every = (secs: number, from: number, n: number) => Array.from({ length: n }, (_, k) => from + k * secs * 1000);
const parted = (deeds: Deed[], over: Partial<LaneSession> = {}) => {
  const actions: Record<string, number> = {};
  for (const { action, count, class: kind } of deeds)
    if (kind !== 'session') actions[action] = (actions[action] ?? 0) + count;
  const times = deeds.flatMap((one) => one.times).sort((a, b) => a - b);
  return strandsOf([session({ actions, times, ...over })], deeds, locate);
};
const OWN = deed('3.225.16.109', 'Boto3', 'sqs:ReceiveMessage', every(20, 0, 40));
const THEIRS = deed('185.20.1.1', 'aws-cli', 'iam:ListUsers', [100_000, 101_000, 300_000]);

describe('one session, two holders', () => {
  test('what each did is a lane of its own, and both name the session', () => {
    const { lanes, concurrent } = lanesOf(parted([OWN, THEIRS]));
    expect(lanes.map(({ agent, networks, events }) => [agent, networks, events])).toEqual([
      ['Boto3', ['3.225.16.109'], 40],
      ['aws-cli', ['185.20.1.1'], 3],
    ]);
    expect(concurrent).toBe(2);
    const [own, theirs] = lanes;
    expect(own!.actions.map(({ name }) => name)).toEqual(['sqs:ReceiveMessage']);
    expect(theirs!.actions.map(({ name }) => name)).toEqual(['iam:ListUsers']);
    expect(own!.sessions).toEqual([
      { id: ID, label: 'role', live: true, part: { networks: ['185.20.1.1'], rest: true }, alsoIn: [theirs!.basis] },
    ]);
    expect(theirs!.sessions).toEqual([
      { id: ID, label: 'role', live: true, part: { networks: ['185.20.1.1'], rest: false }, alsoIn: [own!.basis] },
    ]);
    expect(own!.basis).toBe(lanesOf([session()]).lanes[0]!.basis);
  });
  test('whoever of the two came first in the time that is looked at, the row’s own network is its holder', () => {
    const early = deed('185.20.1.1', 'aws-cli', 'iam:ListUsers', [-5_000, 300_000]);
    const [own, theirs] = parted([early, OWN]);
    expect([own!.network, theirs!.network]).toEqual(['3.225.16.109', '185.20.1.1']);
  });
  test('an instance’s credentials at two addresses of its own cloud are two; a role’s are one', () => {
    const near = deed('18.204.1.1', 'aws-cli', 'iam:ListUsers', [100_000, 101_000, 300_000]);
    expect(parted([OWN, near], { ofInstance: true })).toHaveLength(2);
    expect(parted([OWN, deed('3.225.77.1', 'aws-cli', 'iam:ListUsers', [100_000])])).toHaveLength(1);
  });
  test('what the thief did from two networks with one client and one pace is one hand', () => {
    const again = deed('185.20.9.9', 'aws-cli', 'iam:ListUsers', [110_000, 310_000]);
    const { lanes } = lanesOf(parted([OWN, THEIRS, again]));
    expect(lanes).toHaveLength(2);
    expect(lanes[1]!.sessions[0]!.part).toEqual({ networks: ['185.20.1.1', '185.20.9.9'], rest: false });
  });
});

describe('one holder', () => {
  test('a pool behind several exits stays one lane, with its session whole', () => {
    const exits = ['3.225.1.1', '185.20.1.1', '18.204.9.9'].map((network) =>
      deed(network, 'Boto3', 'sqs:ReceiveMessage', every(20, 0, 30)),
    );
    const { lanes } = lanesOf(parted(exits));
    expect(lanes).toHaveLength(1);
    expect(lanes[0]!.sessions).toEqual([{ id: ID, label: 'role', live: true, part: null, alsoIn: [] }]);
    expect(lanes[0]!.events).toBe(90);
  });
  test('a vendor’s own back end, a failed look and one address with two clients part nothing', () => {
    const inside = deed('10.1.2.3', null, 'kms:Decrypt', [50_000]);
    expect(parted([OWN, inside])).toHaveLength(1);
    const cli = deed('3.225.16.109', 'aws-cli', 's3:ListBuckets', [60_000]);
    expect(parted([OWN, cli])).toHaveLength(1);
  });
  test('what has no place stays with the holder', () => {
    const decided = { 'payment.create': 5 };
    const [own, theirs] = strandsOf(
      [session({ actions: { 'sqs:ReceiveMessage': 40, 'iam:ListUsers': 3, ...decided } })],
      [OWN, THEIRS],
      locate,
    );
    expect(own!.actions).toEqual({ 'sqs:ReceiveMessage': 40, ...decided });
    expect(theirs!.actions).toEqual({ 'iam:ListUsers': 3 });
  });
});
