import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { isAlive } from '@/lib/platform/alive';

test('a process is told by its pid and its command line together', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)', 'some-mark']);
  await new Promise((resolve) => other.once('spawn', resolve));
  expect(isAlive(other.pid!, 'some-mark')).toBe(true);
  expect(isAlive(other.pid!, 'another-mark')).toBe(false);
  other.kill('SIGKILL');
  await new Promise((resolve) => other.once('exit', resolve));
  expect(isAlive(other.pid!, 'some-mark')).toBe(false);
});

test.each([0, 1, -1, Number.NaN])('%s is nobody', (pid) => expect(isAlive(pid, '')).toBe(false));
