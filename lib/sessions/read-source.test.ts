import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { readSource } from '@/lib/sessions/read-source';
import { JsonSplitter } from '@/lib/sessions/split-json';
import type { RawRecord } from '@/lib/sessions/split-lines';

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-read-'));
afterAll(() => fs.rmSync(dir, { recursive: true }));
let made = 0;

async function read(content: string | Buffer, shape: 'json' | 'lines' = 'json'): Promise<RawRecord[]> {
  const file = path.join(dir, `f${made++}`);
  fs.writeFileSync(file, content);
  const all: RawRecord[] = [];
  for await (const records of readSource(file, { shape })) all.push(...records);
  return all;
}
const values = (records: RawRecord[]) =>
  records.map((each) => ('record' in each ? each.record : `${each.line}: ${each.reason}`));

const rows = [{ a: 1 }, { b: '"}]\\"{\n' }, { c: [{ d: {} }, []] }];

describe('JSON, as it comes', () => {
  test.each([
    ['a wrapper', JSON.stringify({ Records: rows })],
    ['a wrapper, indented', JSON.stringify({ Version: 1, Records: rows, Next: { x: [1] } }, null, 2)],
    [
      'wrappers one after another',
      `${JSON.stringify({ Records: rows.slice(0, 1) })}\n${JSON.stringify({ Records: rows.slice(1) })}\n`,
    ],
    ['an array', JSON.stringify(rows)],
    ['an array, indented', JSON.stringify(rows, null, 4)],
    ['a record a line', rows.map((row) => JSON.stringify(row)).join('\n')],
    ['a record a line, Windows', `${rows.map((row) => JSON.stringify(row)).join('\r\n')}\r\n`],
    ['a byte order mark', `\uFEFF${JSON.stringify({ Records: rows })}`],
  ])('%s', async (_, text) => {
    expect(values(await read(text))).toEqual(rows);
    expect(values(await read(gzipSync(text)))).toEqual(rows);
  });

  test('as Windows saves it: UTF-16, either way round, with more than a chunk of it', async () => {
    const many = Array.from({ length: 20_000 }, (_, n) => ({ n, name: 'Zoë 🛰' }));
    const text = Buffer.from(`\uFEFF${many.map((row) => JSON.stringify(row)).join('\r\n')}`, 'utf16le');
    expect(values(await read(text))).toEqual(many);
    expect(values(await read(gzipSync(Buffer.from(text).swap16())))).toEqual(many);
  });

  test('an empty list holds nothing', async () => {
    expect(await read('{"Records":[]}')).toEqual([]);
    expect(await read('')).toEqual([]);
  });

  test('however the text is cut into chunks', () => {
    const shape = fc.constantFrom<(list: unknown[]) => string>(
      (list) => JSON.stringify({ Records: list }),
      (list) => JSON.stringify({ meta: { a: [] }, Events: list, end: '}' }, null, 1),
      (list) => JSON.stringify(list),
    );
    const list = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })), { maxLength: 6 });
    fc.assert(
      fc.property(list, shape, fc.integer({ min: 1, max: 40 }), (records, write, size) => {
        const splitter = new JsonSplitter();
        const text = write(records);
        const out: RawRecord[] = [];
        for (let at = 0; at < text.length; at += size) out.push(...splitter.push(text.slice(at, at + size)));
        out.push(...splitter.end());
        expect(values(out)).toEqual(JSON.parse(JSON.stringify(records)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('what is broken', () => {
  test('a broken line costs itself alone', async () => {
    const text = '{"a":1}\n{"a": "cut\n{"a":2}\nnot json\n{"a":3}\n{"a":';
    expect(values(await read(text))).toEqual([
      { a: 1 },
      expect.stringMatching(/^2: is not JSON/),
      { a: 2 },
      expect.stringMatching(/^4: is not JSON/),
      { a: 3 },
      expect.stringMatching(/^6: is not JSON/),
    ]);
  });

  test('a broken record of a document costs itself alone', async () => {
    const text = '{"Records":[\n{"a":1},\n{"a":"cut\n{"a":2},\n{"a":nope},\n{"a":3}\n]}';
    expect(values(await read(text))).toEqual([
      { a: 1 },
      '3: has a text that is broken off',
      { a: 2 },
      expect.stringMatching(/^5: is not JSON/),
      { a: 3 },
    ]);
  });

  test('a document that stops in the middle', async () => {
    expect(values(await read('{"Records":[{"a":1},{"a":'))).toEqual([{ a: 1 }, '1: ends in the middle of a record']);
  });

  test('a gzip that stops in the middle gives what it holds', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => `line ${n} ${Math.sin(n)}`).join('\n');
    const zipped = gzipSync(lines);
    const got = values(await read(zipped.subarray(0, zipped.length - 2000), 'lines'));
    expect(got.length).toBeGreaterThan(100);
    expect(got[0]).toBe('line 0 0');
    expect(got.at(-1)).toMatch(/ends in the middle of its gzip stream/);
  });

  test('a record or line beyond all measure is refused, not kept', async () => {
    const long = 'x'.repeat(1_200_000);
    expect(values(await read(`a\n${long}\nb`, 'lines'))).toEqual(['a', '2: is longer than a line may be', 'b']);
    expect(values(await read(`{"Records":[\n{"a":"${long}"},\n{"b":1}\n]}`))).toEqual([
      '2: is longer than a record may be',
      { b: 1 },
    ]);
  });
});
