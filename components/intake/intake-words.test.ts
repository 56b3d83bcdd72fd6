import { expect, test } from 'vitest';
import { intakeSentence } from '@/components/intake/intake-words';
import type { ImportRow } from '@/lib/sessions/import-model';
import type { Inbox } from '@/lib/sessions/inbox-model';

const day = { batches: 3, failed: 0, lines: 12, events: 10, duplicates: 2, rejected: 0 };
const inbox = (over: object = {}): Inbox =>
  ({ waiting: 0, waitingBytes: 0, filled: 0, oldestAt: null, day: { ...day, ...over } }) as Inbox;
const imported = (rejectedTotal: number, events = 0) => ({
  result: { rejectedTotal, events } as ImportRow['result'],
});

test('what was refused is said, wherever it came from', () => {
  expect(intakeSentence(inbox(), [imported(0)])).toBe(
    '10 events came in within 24 hours, and nothing of them was refused.',
  );
  expect(intakeSentence(inbox(), [imported(3), imported(0), { result: null }])).toBe(
    '10 events came in within 24 hours, and nothing of them was refused; lines of 1 import were refused.',
  );
  expect(intakeSentence(inbox({ rejected: 1 }), [imported(3)])).toBe(
    '10 events came in within 24 hours; 1 record was refused, and lines of 1 import were refused.',
  );
  expect(intakeSentence(inbox({ batches: 0, events: 0 }), [imported(1), imported(2)])).toBe(
    'Nothing was sent or pulled in the last 24 hours; the last import brought no new events; lines of 2 imports were refused.',
  );
  expect(intakeSentence(inbox({ batches: 0, events: 0 }), [{ result: null }, imported(0, 2_900)])).toBe(
    'Nothing was sent or pulled in the last 24 hours; the last import brought 2\u202f900 events.',
  );
  expect(intakeSentence(inbox({ batches: 0, events: 0 }), [])).toBe('Nothing was sent or pulled in the last 24 hours.');
});
