// One organisation has many networks; two organisations may share nothing but a country.
import { expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { isOneOperator } from '@/lib/findings/operators-model';
import { type Given, pictureOf } from '@/lib/findings/testing-model';

const found = (given: Given) => detect(pictureOf(given)).map(({ detector, severity }) => `${detector} ${severity}`);
const instance = { s: { key: 'arn:aws:sts::1:assumed-role/web/i-0dbc91f429e48eeed 2023-07-10T11:55:22Z' } };
const amazon = (asn: number) => ({ country: 'US', asn, org: 'Amazon.com, Inc.' });
const places = {
  '3.225.16.109': amazon(14_618),
  '52.46.1.1': amazon(16_509),
  '18.204.1.1': amazon(14_618),
  '167.99.1.1': { country: 'US', asn: 14_061, org: 'DigitalOcean, LLC' },
};
const used = (...seen: [at: number, network: string, agent: string][]): NonNullable<Given['events']> =>
  seen.map(([at, network, agent]) => ({ at, session: 's', network, agent, class: 'change' }));

test('one organisation: its numbers, and its name however it is written', () => {
  expect(isOneOperator({ asn: 14_618, org: null }, { asn: 16_509, org: null })).toBe(true);
  expect(isOneOperator({ asn: 1, org: 'Example Networks, LLC' }, { asn: 2, org: 'Example Networks Inc.' })).toBe(true);
  expect(isOneOperator({ asn: 16_509, org: 'Amazon.com, Inc.' }, { asn: 8075, org: 'Microsoft' })).toBe(false);
  expect(isOneOperator({ asn: 15_169, org: 'Google LLC' }, { asn: 16_591, org: 'Google Fiber Inc.' })).toBe(false);
  expect(isOneOperator({ asn: 20_940, org: 'Akamai' }, { asn: 63_949, org: 'Akamai' })).toBe(false);
  expect(isOneOperator({ asn: 1, org: null }, { asn: 2, org: null })).toBe(false);
  expect(isOneOperator({ asn: null, org: 'A' }, { asn: 2, org: 'A' })).toBeNull();
});

test('a role session that leaves by two networks of one cloud is one; by another’s it is two', () => {
  const by = (other: string) =>
    used([0, '3.225.16.109', 'Boto3'], [1, other, 'Boto3'], [2, '3.225.16.109', 'Boto3'], [3, other, 'Boto3']);
  expect(found({ places, events: by('52.46.1.1') })).toEqual([]);
  expect(found({ places, events: by('167.99.1.1') })).toEqual(['replay critical']);
});

test('an instance got another address of its cloud; it never gets another cloud’s', () => {
  const by = (other: string) => used([0, '3.225.16.109', 'aws-sdk-go'], [9, other, 'aws-sdk-go']);
  expect(found({ places, sessions: instance, events: by('52.46.1.1') })).toEqual([]);
  expect(found({ places, sessions: instance, events: by('167.99.1.1') })).toEqual(['instance-credentials critical']);
});

test('stolen from an instance by another in the same cloud: a client the instance has not, between its own calls', () => {
  const ssm = 'aws-sdk-go amazon-ssm-agent';
  const thief: [number, string, string] = [5, '18.204.1.1', 'aws-cli Python'];
  const theft = used([0, '3.225.16.109', ssm], thief, [6, '3.225.16.109', ssm]);
  expect(found({ places, sessions: instance, events: theft })).toEqual(['instance-credentials critical']);
  const replaced = used([0, '3.225.16.109', ssm], thief);
  expect(found({ places, sessions: instance, events: replaced })).toEqual([]);
  const exits = used([0, '3.225.16.109', ssm], [1, '3.225.16.109', 'aws-cli Python'], thief, [6, '3.225.16.109', ssm]);
  expect(found({ places, sessions: instance, events: exits })).toEqual([]);
  const networks = { '3.225': 90, '18.204': 90 };
  const known = { networks, agents: { [ssm]: 90, 'aws-cli Python': 9 }, actions: { 'thing.read': 9 } };
  expect(found({ places, sessions: instance, events: theft, envelope: known })).toEqual([]);
});

test('a new network of a learned operator is no new operator', () => {
  const envelope = { networks: { '3.9': 900 }, countries: { US: 900 }, agents: { terraform: 900 } };
  const events = used([0, '52.46.1.1', 'curl']);
  expect(found({ places, envelope: { ...envelope, operators: { AS14618: 900 } }, events })).toEqual([]);
  expect(found({ places, envelope: { ...envelope, operators: { AS14061: 900 } }, events })).toEqual([
    'unusual-place high',
  ]);
});
