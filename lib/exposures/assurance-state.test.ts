import { expect, test } from 'vitest';
import type { Item } from '@/lib/decisions/request-model';
import { assuranceOf } from '@/lib/exposures/assurance-state';

const NOW = 1_700_000_000_000;
const subject = { type: 't', id: 'x' };
const item = (said: Item['braid']['assurance'], properties?: Record<string, unknown>): Item =>
  ({
    braid: said ? { assurance: said } : {},
    asked: { subject: properties ? { ...subject, properties } : subject, action: {}, resource: {}, context: {} },
  }) as unknown as Item;
const at = (ms: number) => new Date(ms).toISOString();

test('what the request says of its assurance counts, and nothing from ahead of the clock or from no time at all', () => {
  const of = (atText?: string) => assuranceOf(item({ acr: 'mfa', ...(atText ? { at: atText } : {}) }), NOW);
  expect(of()).toEqual({ acr: 'mfa', atMs: NOW });
  expect(of(at(NOW - 5_000))).toEqual({ acr: 'mfa', atMs: NOW - 5_000 });
  // A clock that is a little ahead is ours, and nothing is trusted for longer by it.
  expect(of(at(NOW + 60_000))).toEqual({ acr: 'mfa', atMs: NOW });
  expect(of(at(NOW + 60_001))).toBeNull();
  expect(of(at(0))).toEqual({ acr: 'mfa', atMs: 0 });
  expect(of(at(-1))).toBeNull();
  expect(of('soon')).toBeNull();
});

test('what the request says of it goes before what its subject says', () => {
  expect(assuranceOf(item({ acr: 'mfa' }, { acr: 'other', auth_time: 5 }), NOW)).toEqual({ acr: 'mfa', atMs: NOW });
});

test('a subject says it as OpenID Connect does: a text, and seconds', () => {
  const of = (properties?: Record<string, unknown>) => assuranceOf(item(undefined, properties), NOW);
  expect(of({ acr: 'mfa', auth_time: 1_600_000_000 })).toEqual({ acr: 'mfa', atMs: 1_600_000_000_000 });
  expect(of({ acr: 'mfa' })).toEqual({ acr: 'mfa', atMs: NOW });
  expect(of({ acr: 'mfa', auth_time: '1600000000' })).toEqual({ acr: 'mfa', atMs: NOW });
  expect([of(), of({}), of({ acr: '' }), of({ acr: 7 }), of({ acr: 'mfa', auth_time: Number.NaN })]).toEqual([
    null,
    null,
    null,
    null,
    null,
  ]);
});
