import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { agentFamily, isBrowser } from '@/lib/sessions/agent-model';
import { cut } from '@/lib/sessions/cut';
import { listOf, numberOf, parsedOf, saying } from '@/lib/sessions/loose-model';
import { isPrivate, readNetwork } from '@/lib/sessions/network-model';
import { readInstant, readTime } from '@/lib/sessions/time-model';
import { hashedToken, hashToken, holdsSecret, withoutSecrets } from '@/lib/sessions/token-model';

describe('addresses', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7', null],
    ['203.0.113.7:52144', '203.0.113.7', 52144],
    ['[2001:DB8::0:1]:443', '2001:db8::1', 443],
    ['2001:db8:0:0:0:0:0:1', '2001:db8::1', null],
    ['::1', '::1', null],
    ['fe80::1%eth0', 'fe80::1', null],
    ['::ffff:10.0.0.1', '10.0.0.1', null],
    ['::ffff:0a00:0001', '10.0.0.1', null],
    ['10.0.0.1/32', '10.0.0.1', null],
    [' 10.0.0.1 ', '10.0.0.1', null],
  ])('%s', (written, address, port) => {
    expect(readNetwork(written)).toEqual({ address, port, refused: null });
  });

  test.each([
    '035.249.253.232',
    '256.1.1.1',
    '1.2.3',
    '1:2:3',
    'sts.amazonaws.com',
    '10.0.0.0/8',
    '[::1',
    '::ffff:999.1.1.1',
  ])('refused, kept: %s', (written) => expect(readNetwork(written)).toMatchObject({ address: null, refused: written }));

  test.each(['', '-', '[local]', 'unix', 'unix(123)', null, undefined, 7, {}])('none and no mistake: %s', (written) =>
    expect(readNetwork(written)).toEqual({ address: null, port: null, refused: null }),
  );

  test('any address reads as itself, and reading twice changes nothing', () => {
    fc.assert(fc.property(fc.ipV4(), (ip) => readNetwork(ip).address === ip));
    fc.assert(
      fc.property(fc.ipV6(), (ip) => {
        const { address } = readNetwork(ip);
        expect(address).not.toBeNull();
        expect(readNetwork(address).address).toBe(address);
      }),
    );
  });

  test('private ones', () => {
    const own = [
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '127.0.0.1',
      '169.254.169.254',
      '100.64.0.1',
      '::1',
      'fd00::1',
      'fe80::1',
    ];
    expect(own.filter((ip) => !isPrivate(ip))).toEqual([]);
    expect(['8.8.8.8', '172.32.0.1', '100.128.0.1', '2001:db8::1'].filter(isPrivate)).toEqual([]);
  });
});

describe('times', () => {
  const at = Date.UTC(2024, 2, 2, 9, 0, 0, 123);
  test.each([
    [at, at],
    [at / 1000, at],
    [at * 1000, at],
    [at * 1e6, at],
    [String(at), at],
    [`${at}456789`, at],
    ['2024-03-02T09:00:00.123Z', at],
    ['2024-03-02T09:00:00.1234567Z', at],
    ['2024-03-02T10:00:00.123456789+01:00', at],
    ['2024-03-02 04:30:00,123 -0430', at],
    ['2024-03-02 10:00:00.123 CET', at],
    ['2024-03-02T09:00:00.123', at],
    ['2024-03-02', Date.UTC(2024, 2, 2)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s', (written, ms) => expect(readTime(written)).toBe(ms));

  test.each([
    '2024-02-30T00:00:00Z',
    '2023-02-29',
    '2024-13-01',
    '2024-01-01T24:00:00Z',
    '10:00',
    'yesterday',
    '',
    '2024-03-02 10:00 QQQ',
    0,
    -5,
    Number.NaN,
    1e300,
    null,
    {},
  ])('refused: %s', (written) => expect(readTime(written)).toBeNull());

  test('a source without zones has one', () =>
    expect(readInstant('2024-03-02 10:00', 'CET')).toBe('2024-03-02T09:00:00.000Z'));

  test('every instant reads as itself', () => {
    const range = { min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true };
    fc.assert(fc.property(fc.date(range), (date) => readInstant(date.toISOString()) === date.toISOString()));
  });
});

describe('secrets', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl';
  test.each([
    jwt,
    `Authorization: Bearer ${'a1'.repeat(20)}`,
    `ghp_${'a'.repeat(36)}`,
    `hvs.${'A'.repeat(24)}`,
    `s.${'Ab1'.repeat(8)}`,
    'https://x:sesame@host/db',
    '/cb?code=4/0Adeu5BW&state=1',
    'client_secret=abcdef0123',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
  ])('found: %s', (text) => {
    expect(holdsSecret(text)).toBe(true);
    expect(holdsSecret(withoutSecrets(text))).toBe(false);
    expect(withoutSecrets(text)).toBe(withoutSecrets(text));
  });

  test.each([
    'arn:aws:iam::111122223333:role/pay-worker',
    'AKIAIOSFODNN7EXAMPLE',
    'closing because: client close request (age=5s)',
    'https://example.com:8443/path?state=abc',
    'token expired',
    hashToken(jwt),
    'Basic auth is off',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  ])('none: %s', (text) => expect(withoutSecrets(text)).toBe(text));

  test('one token is one digest at every source', () => {
    const base64 = Buffer.from(hashToken(jwt).slice(7), 'hex').toString('base64');
    expect(hashedToken(base64)).toBe(hashToken(jwt));
    expect([hashedToken('x'), hashedToken(null)]).toEqual([null, null]);
  });
});

describe('agents', () => {
  test.each([
    ['aws-cli/2.15.0 md/Botocore#1.34 Python/3.11 Linux/5.10 command/s3.ls', 'aws-cli Python'],
    ['kubectl/v1.29.0 (linux/amd64) kubernetes/3f7a50f', 'kubectl kubernetes'],
    ['stratus-red-team_0f2cd1ab-5c1e-4f11-8a73-7cfa1c4cf4a5', 'stratus-red-team'],
    ['python-requests/2.31.0', 'python-requests'],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0', 'Firefox'],
    ['', null],
    ['-', null],
  ])('%s', (agent, family) => expect(agentFamily(agent)).toBe(family));

  test('browsers are a human’s way in', () =>
    expect([isBrowser('Chrome'), isBrowser('kubectl'), isBrowser(null)]).toEqual([true, false, false]));
});

describe('loose values', () => {
  test('what is not there is null, what is wrong is null', () => {
    expect([numberOf('5'), numberOf(5), numberOf('x'), numberOf(''), numberOf(Number.NaN)]).toEqual([
      5,
      5,
      null,
      null,
      null,
    ]);
    expect([parsedOf('{"a":1}'), parsedOf('{'), parsedOf('[1]'), parsedOf({ b: 1 }), parsedOf(null)]).toEqual([
      { a: 1 },
      {},
      {},
      { b: 1 },
      {},
    ]);
    expect(listOf([1, 2, 3], 2)).toEqual([1, 2]);
    expect(saying({ a: '', b: null, c: undefined, d: 0, e: 'x', f: false })).toEqual({ d: 0, e: 'x', f: false });
  });
});

describe('cutting', () => {
  const records = (format: Parameters<typeof cut>[0], text: string) =>
    cut(format, text).map((raw) => ('record' in raw ? raw.record : `${raw.line}: ${raw.reason}`));

  test('a line that goes on is part of its record', () => {
    const format = { shape: 'lines' as const, continues: (line: string) => line.startsWith('\t') };
    expect(records(format, 'a\n\tb\n\n\tc\nd\r\n\n')).toEqual(['a\n\tb\n\n\tc', 'd']);
    expect(cut(format, 'a\n\tb\nc').map((raw) => raw.line)).toEqual([1, 3]);
  });

  test('quoted fields hold commas, quotes and line ends; a broken-off one is refused with its line', () => {
    const format = { shape: 'csv' as const };
    expect(records(format, 'a,"b ""c"", d\ne",\r\n\nx,y\n')).toEqual([
      ['a', 'b "c", d\ne', ''],
      ['x', 'y'],
    ]);
    expect(records(format, 'a,b\n"c')).toEqual([['a', 'b'], '2: ends in the middle of a record']);
  });

  test('fields written are fields read, however the text is chunked', () => {
    const row = fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é') }), {
      minLength: 2,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 5 }), (rows) => {
        const text = rows
          .map((fields) => `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\n`)
          .join('');
        expect(records({ shape: 'csv' }, text)).toEqual(rows);
      }),
    );
  });

  test('a record that holds several; a wrapper of the format’s own', () => {
    const format = {
      shape: 'json' as const,
      lists: ['spans'],
      unpack: (record: unknown) => (record as { all: unknown[] }).all,
    };
    expect(records(format, '{"spans":[{"all":[1,2]},{"all":[3]}]}')).toEqual([1, 2, 3]);
    expect(records({ shape: 'json' }, '{"kind":"List","items":[{"a":1}]}\n{"kind":"List","items":[{"a":2}]}')).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
  });

  test('a record a line stays so where records hold lists; a broken line costs itself alone', () => {
    expect(records({ shape: 'json' }, '{"a":[1]}\n{"a":\n{"a":[2]}')).toEqual([
      { a: [1] },
      expect.stringMatching(/^2: is not JSON/),
      { a: [2] },
    ]);
  });
});
