import { expect, test } from 'vitest';
import {
  boundariesHeadline,
  countedText,
  keyWord,
  limitWords,
  simulatedWords,
  unsplitWords,
} from '@/components/boundaries/boundary-words';
import type { Boundaries, Boundary, LimitBoundaries } from '@/lib/replay/boundary-model';

const boundary: Boundary = {
  dimension: 'session',
  closedBy: 'identity',
  actor: 'svc-many',
  keys: 4,
  reach: '40000',
  undetected: '30000',
  simulated: '40000',
  tried: 4,
  asPredicted: true,
  afterwards: '0',
  suggestion: null,
};
const limit: LimitBoundaries = {
  set: 'lab',
  ruleId: 'cap',
  meter: 'paid',
  kind: 'sum',
  scope: 'session.id',
  unit: 'EUR',
  scale: 2,
  windowSecs: 86_400,
  calendar: null,
  limit: '10000',
  skipped: null,
  patternId: null,
  boundaries: [boundary],
  unvaried: [],
};
const found = (limits: LimitBoundaries[]): Boundaries => ({ set: 'lab', version: 1, from: '', to: '', limits });

test('the page says first what it found', () => {
  expect(boundariesHeadline(found([limit, { ...limit, boundaries: [] }]))).toBe(
    '1 of 2 limits of lab can be split: cap lets pass 400\u00a0EUR over 4 sessions.',
  );
  expect(boundariesHeadline(found([{ ...limit, boundaries: [{ ...boundary, keys: 1, undetected: '0' }] }]))).toBe(
    'In this history nobody could split activity to stay under the limit of lab.',
  );
  expect(boundariesHeadline(found([{ ...limit, skipped: 'Nothing' }]))).toBe(
    'Nothing to tell of the 1 limit of lab yet.',
  );
  expect(boundariesHeadline(found([]))).toBe('lab has no limit.');
});

test('where fewer keys were tried than somebody had, both are said', () => {
  const many = { ...boundary, keys: 400, reach: '4000000', undetected: '3990000', simulated: '500000', tried: 50 };
  expect(boundariesHeadline(found([{ ...limit, boundaries: [many] }]))).toBe(
    '1 of 1 limit of lab can be split: cap lets pass 40\u202f000\u00a0EUR over 400 sessions; simulated with 50 of 400: got 5\u202f000\u00a0EUR, as predicted.',
  );
  expect(simulatedWords(limit, boundary)).toBe('simulated with all 4: got exactly that');
  expect(simulatedWords(limit, { ...many, asPredicted: false })).toBe(
    'simulated with 50 of 400: got 5\u202f000\u00a0EUR, other rules stop the rest',
  );
  expect(simulatedWords(limit, { ...many, simulated: null })).toBe('not simulated: too many requests');
  expect(simulatedWords({ ...limit, unit: null, scale: 0 }, { ...many, reach: '20000', simulated: null })).toBe(
    'not simulated: it would take 20\u202f000 requests',
  );
});

test('amounts have their unit, counts are requests', () => {
  expect(countedText({ ...limit, kind: 'count', unit: null, scale: 0 }, '1')).toBe('1 request');
  expect(countedText({ ...limit, kind: 'live_sessions', unit: null, scale: 0 }, '50')).toBe('50 sessions');
  expect(limitWords(limit)).toContain('100\u00a0EUR per session');
  expect(limitWords({ ...limit, limit: null })).toContain('a computed limit');
});

test('what could not be tried is never called safe', () => {
  const unvaried = [{ key: 'now', why: 'The simulated attacker has no way to vary it.' }];
  expect(unsplitWords({ ...limit, boundaries: [], unvaried })).toBe(
    'None of the keys that were tried counts apart here.',
  );
  expect(unsplitWords({ ...limit, boundaries: [] })).toContain('splitting gains nothing');
  expect(boundariesHeadline(found([{ ...limit, boundaries: [], unvaried }]))).toBe(
    'In this history nobody could split activity over the keys that were tried; 1 of 1 limit of lab counts per something that was not.',
  );
});

test('keys of a meter of its own, and windows of the calendar, have words', () => {
  expect([keyWord('context.account', 3), keyWord('asn', 1)]).toEqual([
    'values of context.account',
    'autonomous system',
  ]);
  expect(limitWords({ ...limit, windowSecs: 0, calendar: 'day Europe/Berlin' })).toContain('today (Europe/Berlin)');
});
