import { expect, test } from 'vitest';
import { divergenceText } from '@/components/identities/divergence-words';

const named = (label: string, mostly: 'read' | 'change', events = 5) => ({ id: label, label, mostly, events });

test('who does what, in words', () => {
  const two = { score: 0.72, sessions: 2, named: [named('ci-runner', 'read'), named('curl', 'change')] };
  expect(divergenceText(two)).toBe('split 0.72: ci-runner reads, curl changes');
  expect(divergenceText({ ...two, sessions: 5 })).toBe('split 0.72: ci-runner reads, curl changes, 3 more');
  expect(divergenceText({ ...two, score: 0.04 })).toBe('2 sessions do the same, in other amounts at most');
  expect(divergenceText({ score: 0.3, sessions: 2, named: [named('a', 'read'), named('b', 'read')] })).toBe(
    'split 0.30: a mostly reads, b mostly reads',
  );
});
