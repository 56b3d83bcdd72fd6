import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { mapped, mappedFormat } from '@/lib/connectors/generic/format';
import { parseMapping } from '@/lib/connectors/generic/mapping-model';
import { normaliseSuite } from '@/lib/connectors/normalise-test';
import { projectRoot } from '@/lib/platform/env';
import { cut } from '@/lib/sessions/cut';
import { hashToken } from '@/lib/sessions/token-model';

const source = fs.readFileSync(path.join(projectRoot(), 'docs/examples/sources/billing-gateway.yaml'), 'utf8');
const log = fs.readFileSync(path.join(import.meta.dirname, 'fixtures/gateway.log'), 'utf8');
const format = mappedFormat(source);
const events = cut(format, log).map((raw) => ('record' in raw ? format.normalise(raw.record) : null));
const event = (index: number) => {
  const read = events[index];
  if (read?.kind !== 'event') throw new Error(JSON.stringify(read));
  return read.event;
};

normaliseSuite({ format, fixtures: { 'the example in the docs': log }, asked: true });

describe('the example of the docs', () => {
  test('who, which session, what, how it ended, from where', () => {
    expect(event(0)).toMatchObject({
      source: 'billing-gateway',
      eventId: 'r-1',
      at: '2024-03-02T09:00:00.000Z',
      identity: {
        issuer: 'billing',
        type: 'account',
        externalId: 'c-7',
        name: 'invoice-runner',
        kind: 'service_account',
      },
      session: { key: 'c-7 s-1', phase: 'open', gapSecs: 900, observedBy: 'native' },
      credential: { externalId: hashToken('k-not-a-real-key'), kind: 'api_key' },
      action: 'POST /login',
      network: '10.0.0.7',
      region: 'fra1',
      agent: 'invoice-runner node',
      scope: 'invoices:write',
      expiresAt: '2024-03-02T10:00:00.000Z',
      attributes: { status: '200', trace: 't-1' },
    });
    expect(event(1)).toMatchObject({ class: 'read', task: 'nightly-2024-03-02', resource: '4711', outcome: 'success' });
    expect(event(2)).toMatchObject({ class: 'change', outcome: 'failure', identity: { name: 'c-7' } });
    expect(events[3]).toEqual({ kind: 'skipped' });
    expect(event(4)).toMatchObject({ session: { phase: 'close' }, network: null, at: '2024-03-02T10:05:00.000Z' });
  });

  test('a secret that the mapping names is kept as its digest only', () => {
    expect(JSON.stringify(events)).not.toContain('k-not-a-real-key');
  });

  test('a record that lacks what the mapping needs is refused with what is missing', () => {
    const record = JSON.parse(log.split('\n')[1]!) as Record<string, object>;
    const reasons = [
      { ...record, ts: 'noon' },
      { ...record, client: {} },
      { ...record, request: { ...record.request, method: undefined, route: undefined } },
      [],
      'x',
    ].map((each) => format.normalise(each));
    expect(reasons).toEqual([
      { kind: 'rejected', reason: 'has no time that can be read in ts' },
      { kind: 'rejected', reason: 'says nobody: client.id is empty' },
      { kind: 'rejected', reason: 'says nothing was done: request.method, request.route is empty' },
      { kind: 'rejected', reason: 'is no JSON object' },
      { kind: 'rejected', reason: 'is no JSON object' },
    ]);
  });
});

describe('a mapping', () => {
  const good = { name: 'x1', time: { path: 't' }, identity: { id: 'u', kind: 'human' as const }, action: 'a' };

  test('can be as short as who, when and what; records in a list of any name', () => {
    const short = mapped(parseMapping(JSON.stringify({ ...good, records: 'rows' })));
    const found = cut(short, '{"rows":[{"t":1709370000,"u":"dana","a":"open"}]}');
    expect(found.map((raw) => ('record' in raw ? short.normalise(raw.record) : raw))).toMatchObject([
      {
        event: {
          identity: { externalId: 'dana' },
          session: null,
          class: 'other',
          eventId: expect.stringMatching(/^sha256:/),
        },
      },
    ]);
  });

  test('that can’t be used says which member is wrong, and why', () => {
    const wrong: [object | string, RegExp][] = [
      [{ ...good, name: 'No Name' }, /name: must be 2 to 40 small letters/],
      [{ ...good, time: {} }, /time\.path/],
      [{ ...good, identity: { id: 'u', kind: 'robot' } }, /identity\.kind/],
      [{ ...good, colour: 'red' }, /colour/],
      [{ ...good, action: { path: 'a', value: 'b' } }, /action/],
      [{ ...good, class: { path: 'm', values: { GET: 'reading' } } }, /class\.values\.GET/],
      ['name: [', /mapping can't be used/],
      ['a: &a [*a]', /mapping can't be used/],
    ];
    for (const [mapping, reason] of wrong)
      expect(() => parseMapping(typeof mapping === 'string' ? mapping : JSON.stringify(mapping))).toThrow(reason);
  });
});
