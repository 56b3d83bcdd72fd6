import { expect, test } from 'vitest';
import { listSentence, workflowSentence } from '@/components/workflows/words';
import type { WorkflowDetail } from '@/lib/workflows/model';

const row = { id: 'w', name: 'billing', identities: 3, liveSessions: 1, createdAt: '' };
const exposure = { set: 's', meter: 'paid_24h', settled: '85000', held: '5000', limit: '100000' };
const detail = (over: object): WorkflowDetail => ({ ...row, members: [], exposures: [], ...over }) as WorkflowDetail;

test('a workflow says who acts for it, and how near they are to a limit together', () => {
  expect(workflowSentence(detail({ exposures: [exposure] }))).toBe(
    ': 3 identities act for it through 1 live session; together they stand at 90 % of paid_24h.',
  );
  expect(workflowSentence(detail({ identities: 1, exposures: [{ ...exposure, limit: null }] }))).toBe(
    ': 1 identity acts for it through 1 live session; no limit spans them.',
  );
  expect(workflowSentence(detail({ identities: 0 }))).toBe('has no identities: nothing is counted over it.');
});

test('the list says how many are at work', () => {
  expect(listSentence([row, { ...row, liveSessions: 0 }])).toBe('2 workflows, 1 with live sessions.');
  expect(listSentence([])).toBe('No identities are known to act for one purpose.');
});
