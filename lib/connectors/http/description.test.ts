import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextPage } from '@/lib/connectors/http/client';
import { check } from '@/lib/connectors/http/description-model';
import { fillBody, fillPath, namesIn } from '@/lib/connectors/http/fill-evaluate';
import { toIdentity, toSession } from '@/lib/connectors/http/found-normalise';
import { readDescription } from '@/lib/connectors/http/manifest';
import { holds, select, stepsOf } from '@/lib/connectors/http/select-evaluate';
import { whole } from '@/lib/connectors/http/testing-description';

const problems = (source: string) => check(source, namesIn).problems.map((one) => [one.line, one.message]);

test('what is wrong with a description is said by line', () => {
  const good = whole('https://service.example.org');
  expect(problems(good)).toEqual([]);
  const lineOf = (text: string) => good.split('\n').findIndex((line) => line.includes(text)) + 1;
  expect(problems(good.replace('key: id', 'key: "id[x"'))).toEqual([
    [lineOf('key: id'), 'is no path: write it like data.items[0].id'],
  ]);
  expect(problems(good.replace('items: data\n  next', 'item: data\n  next'))).toEqual(
    expect.arrayContaining([[lineOf('items: data'), 'is no member that is known here']]),
  );
  expect(problems(good.replace('GET /sessions', 'FETCH /sessions'))[0]).toEqual([
    lineOf('GET /sessions'),
    'has to be a method and a path below the base, like GET /users',
  ]);
  expect(problems(good.replace('GET /sessions', 'GET //elsewhere.example.org'))[0]![0]).toBe(lineOf('GET /sessions'));
  expect(problems(good.replace('{session.version}', '{session.secret}'))).toEqual([
    [lineOf('{session.version}'), 'knows no {session.secret}: keep it where sessions are listed'],
  ]);
  expect(problems(good.replace('{session.key}/cancel', '{identity.id}/cancel'))).toEqual([
    [lineOf('{session.key}/cancel'), 'knows no {identity.id} here'],
  ]);
  expect(problems(good.replace('{session.key}/cancel', '{{session.key}}/cancel'))[0]![1]).toContain('braces');
  expect(problems(good.replace(/state:\n.*\n.*\n/, ''))).toEqual([
    [lineOf('block:') - 3 + 1, expect.stringContaining('needs state')],
  ]);
  expect(problems('name: [')[0]).toEqual([1, expect.any(String)]);
  expect(problems('a: &x 1\nb: *x\n')[0]![1]).toContain('aliases');
  expect(() => readDescription('name: x')).toThrowError(/line 1: base/);
});

test('any text is a description or has a problem with a line', () => {
  const good = whole('https://service.example.org');
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(40), fc.string({ maxLength: 40 }), (at, cut, put) => {
      const source = good.slice(0, at) + put + good.slice(at + cut);
      for (const problem of check(source, namesIn).problems) {
        expect(problem.line).toBeGreaterThan(0);
        expect(problem.line).toBeLessThanOrEqual(source.split('\n').length + 1);
      }
    }),
    { numRuns: 300 },
  );
});

test('whatever stands in a name, it stays one segment of the path, one value of the query and one text of the body', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (id) => {
      fc.pre(!/^\.{1,2}$/.test(id));
      const filled = new URL(`https://x${fillPath('/a/{identity.id}/b?c={identity.id}&d=1', { 'identity.id': id })}`);
      expect(filled.pathname.split('/')).toHaveLength(4);
      expect([...filled.searchParams.keys()]).toEqual(['c', 'd']);
      expect(JSON.parse(JSON.stringify(fillBody({ a: 'x-{identity.id}' }, { 'identity.id': id })))).toEqual({
        a: `x-${id}`,
      });
    }),
  );
  expect(fillBody(['{session.version}'], { 'session.version': 3 })).toEqual([3]);
  expect(() => fillPath('/{identity.gone}', {})).toThrowError(/identity\.gone/);
});

test('paths: what they select, and that nothing inherited is selected', () => {
  const value = { a: [{ b: 1 }, { b: 2 }], 'odd name': { c: null } };
  expect(select(value, 'a[1].b')).toBe(2);
  expect(select(value, '$.a[*].b')).toEqual([1, 2]);
  expect(select(value, '["odd name"].c')).toBeNull();
  expect(select(value, '$')).toEqual(value);
  for (const path of ['__proto__', 'constructor', 'a.length', 'toString']) expect(select(value, path)).toBeUndefined();
  expect(stepsOf('a[')).toBeNull();
  expect(holds({ a: 1 }, { path: 'a', in: [1, 2] })).toBe(true);
  expect(holds({}, { path: 'a', exists: false })).toBe(true);
});

test('the next page: cursors, links below the base only, numbers, offsets, and an end', () => {
  const had = { pages: 1, items: 2, here: 2 };
  const at = { base: 'https://x.example.org/v1' };
  const page = (next: never, heard: unknown = {}, so = had) => nextPage(at, 'GET /l?a=1', next, heard, so);
  expect(page({ cursor: 'n', query: 'c' } as never, { n: 'a&b' })).toBe('GET /l?a=1&c=a%26b');
  expect(page({ cursor: 'n', query: 'c' } as never, { n: 0 })).toBeNull();
  expect(page({ page: 'p', first: 1 } as never)).toBe('GET /l?a=1&p=2');
  expect(page({ offset: 'o' } as never)).toBe('GET /l?a=1&o=2');
  expect(page({ link: 'n' } as never, { n: 'https://x.example.org/v1/l?b=2' })).toBe('GET /l?b=2');
  expect(() => page({ link: 'n' } as never, { n: 'https://evil.example.org/v1/l' })).toThrowError(/away/);
  expect(page({ offset: 'o' } as never, {}, { ...had, here: 0 })).toBeNull();
});

test('items of any shape become identities and sessions that are complete, or none', () => {
  const given = readDescription(whole('https://service.example.org'));
  fc.assert(
    fc.property(
      fc.oneof(
        fc.jsonValue(),
        fc.record({
          id: fc.jsonValue(),
          login: fc.jsonValue(),
          account: fc.jsonValue(),
          created: fc.jsonValue(),
          version: fc.jsonValue(),
        }),
      ),
      (item) => {
        const [identity, session] = [toIdentity(given, item), toSession(given, item, 0)];
        if (identity) expect(identity.externalId.length).toBeGreaterThan(0);
        if (session) expect(new Date(session.startedAt).toISOString()).toBe(session.startedAt);
      },
    ),
  );
});

test('the examples of the documentation can be used', () => {
  const folder = path.join(import.meta.dirname, '../../../docs/examples/connectors');
  const files = fs.readdirSync(folder);
  expect(files.length).toBeGreaterThan(1);
  for (const file of files)
    expect([file, problems(fs.readFileSync(path.join(folder, file), 'utf8'))]).toEqual([file, []]);
});
