// Operators of networks, where countries say nothing: for, against and near misses.
import { expect, test } from 'vitest';
import { detect } from '@/lib/findings/detect';
import { learn } from '@/lib/findings/learn-state';
import { type Given, pictureOf } from '@/lib/findings/testing-model';

const found = (given: Given) => detect(pictureOf(given)).map(({ detector, severity }) => `${detector} ${severity}`);
const none: string[] = [];

test('in the country it keeps to, another operator’s network is strange with a client it never had', () => {
  const usual = { networks: { '3.9': 900 }, countries: { GB: 900 }, agents: { terraform: 900 } };
  const envelope = { ...usual, operators: { AS16509: 900 } };
  const places = {
    '81.2.69.1': { country: 'GB', asn: 20712, org: 'Andrews' },
    '18.1.1.1': { country: 'GB', asn: 16509 },
  };
  const from = (network: string, agent: string) => [{ at: 0, session: 's', network, agent }];
  expect(found({ envelope, places, events: from('81.2.69.1', 'curl') })).toEqual(['unusual-place medium']);
  expect(found({ envelope, places, events: from('81.2.69.1', 'terraform') })).toEqual(none);
  expect(found({ envelope, places, events: from('18.1.1.1', 'curl') })).toEqual(none);
  expect(found({ envelope: usual, places, events: from('81.2.69.1', 'curl') })).toEqual(none);
  const many = { AS1: 300, AS2: 200, AS3: 100, AS16509: 300 };
  expect(found({ envelope: { ...usual, operators: many }, places, events: from('81.2.69.1', 'curl') })).toEqual(none);
  const learnt = pictureOf({ places, events: from('18.1.1.1', 'terraform') });
  expect(learn(null, learnt, []).operators).toEqual({ AS16509: 1 });
});
