import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { testDatabase } from '@/lib/db/testing';
import { tail } from '@/lib/sessions/tail';

testDatabase();
const ctx = systemCtx('test');
const made: string[] = [];
afterAll(() => {
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
});

const record = (id: string, pad: string) => ({
  eventVersion: '1.08',
  eventTime: '2024-05-01T10:00:00Z',
  eventID: id,
  eventName: 'GetObject',
  eventSource: 's3.amazonaws.com',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '203.0.113.3',
  userAgent: 'aws-cli/2',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::1:user/u', accountId: '1', accessKeyId: 'AKIA1', userName: 'u' },
  requestParameters: { pad },
});
function folder(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'braid-tail-'));
  made.push(dir);
  return dir;
}

async function looks(at: string, most: number) {
  const sum = { events: 0, rejected: 0, more: true };
  for (let i = 0; i < most; i++) {
    const pass = await tail(ctx, { format: 'aws', path: at });
    sum.events += pass.events;
    sum.rejected += pass.rejectedTotal;
    sum.more = pass.more;
  }
  return sum;
}

test('a folder of JSON documents that holds more than one look reads loses none of them', async () => {
  const dir = folder();
  const pad = 'x'.repeat(65_000);
  for (let f = 0; f < 18; f++) {
    const records = Array.from({ length: 17 }, (_, i) => record(`e${f}-${i}`, pad));
    writeFileSync(path.join(dir, `f${String(f).padStart(2, '0')}.json`), JSON.stringify({ Records: records }));
  }
  expect(await looks(dir, 6)).toEqual({ events: 18 * 17, rejected: 0, more: false });
}, 60_000);

test('a gzip file larger than one look is streamed, once', async () => {
  const dir = folder();
  const lines = (from: number, n: number) =>
    Array.from({ length: n }, (_, i) =>
      JSON.stringify(record(`z${from + i}`, randomBytes(30_000).toString('base64'))),
    ).join('\n');
  const first = gzipSync(Buffer.from(`${lines(0, 600)}\n`));
  expect(first.length).toBeGreaterThan(16_000_000);
  const at = path.join(dir, 'big.json.gz');
  writeFileSync(at, first);
  expect(await looks(dir, 3)).toEqual({ events: 600, rejected: 0, more: false });
  // Another member is written to its end.
  writeFileSync(at, Buffer.concat([first, gzipSync(Buffer.from(`${lines(600, 5)}\n`))]));
  expect(await looks(dir, 3)).toEqual({ events: 5, rejected: 0, more: false });
}, 60_000);

test('a JSON document larger than one look is read once it has stopped growing', async () => {
  const dir = folder();
  const pad = 'x'.repeat(65_000);
  const records = Array.from({ length: 260 }, (_, i) => record(`d${i}`, pad));
  writeFileSync(path.join(dir, 'big.json'), JSON.stringify({ Records: records }, null, 1));
  expect(await looks(dir, 1)).toEqual({ events: 0, rejected: 0, more: false });
  expect(await looks(dir, 2)).toEqual({ events: 260, rejected: 0, more: false });
}, 60_000);
