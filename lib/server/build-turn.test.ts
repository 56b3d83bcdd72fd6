import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { takeTurn } from '@/lib/server/build-turn';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'braid-turn-'));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

test('who comes second waits, is told for whom, and goes on when the first is done', async () => {
  const file = path.join(folder, 'not-there-yet', 'turn');
  const order: string[] = [];
  const done = await takeTurn(file, 'node', () => order.push('the first waited'));
  const second = takeTurn(file, 'node', (pid) => order.push(`waits for ${pid === process.pid}`)).then((give) => {
    order.push('second');
    give();
  });
  await new Promise((resolve) => setTimeout(resolve, 700));
  order.push('first done');
  done();
  await second;
  expect(order).toEqual(['waits for true', 'first done', 'second']);
  expect(fs.existsSync(file)).toBe(false);
});

test.each([
  ['has died', () => String(spawnSync(process.execPath, ['-e', '']).pid)],
  ['was written half', () => ''],
  ['is no process', () => 'garbage'],
])('a turn of one that %s is free', async (_, text) => {
  const file = path.join(folder, 'left');
  fs.writeFileSync(file, text());
  const waited: number[] = [];
  const give = await takeTurn(file, 'node', (pid) => waited.push(pid));
  expect(waited).toEqual([]);
  expect(fs.readFileSync(file, 'utf8')).toBe(String(process.pid));
  give();
});
