import { expect, test } from 'vitest';
import { logText } from '@/lib/platform/log-format';

const line = (more: object) => JSON.stringify({ level: 40, time: 1_795_340_985_228, process: 'batch', ...more });

test('a line in words: when, from whom, how bad, what, why and with what', () => {
  expect(logText(line({ msg: 'a pass failed', err: { message: '\nInvalid call:\n\ntoo late' }, loop: 'scan' }))).toBe(
    '09:49:45 batch warning: a pass failed: too late (loop scan)\n',
  );
  expect(logText(line({ level: 30, msg: 'listens', port: 4000 }))).toBe('09:49:45 batch info: listens (port 4000)\n');
});

test('what is long is shortened, what is no log line stays as it is', () => {
  expect(logText(line({ msg: 'x', key: 'y'.repeat(500) })).length).toBeLessThan(260);
  expect(logText('plain text\n')).toBe('plain text\n');
});
