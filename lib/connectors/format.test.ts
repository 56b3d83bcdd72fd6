import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ABILITIES, byFamily, connectedSentence } from '@/lib/connectors/format';
import { modules } from '@/lib/connectors/registry';
import { projectRoot } from '@/lib/platform/env';

const row = (name: string, health: string, state: 'enabled' | 'disabled' = 'enabled') => ({
  id: name,
  name,
  state,
  health: health as 'ok',
  liveSessions: 2,
});

test('nothing is said to be well that does not answer, or that a drill found can’t end access', () => {
  const passed = [{ connectorId: 'orders', lastState: 'passed' }];
  const failed = [{ connectorId: 'orders', lastState: 'failed' }];
  expect(connectedSentence([], [])).toBe('No system is connected yet.');
  expect(connectedSentence([row('orders', 'ok')], passed)).toBe('1 system connected: it answers; 2 sessions live.');
  expect(connectedSentence([row('orders', 'ok'), row('cache', 'unknown')], passed)).toBe(
    '2 systems connected: all of them answer; 4 sessions live.',
  );
  expect(connectedSentence([row('orders', 'ok'), row('cache', 'ok')], failed)).toBe(
    '2 systems connected: the last drill of orders failed; 4 sessions live.',
  );
  expect(connectedSentence([row('orders', 'failing'), row('cache', 'ok', 'disabled')], failed)).toBe(
    '2 systems connected: orders needs attention, the last drill of orders failed, 1 disabled; 4 sessions live.',
  );
});

test('every ability some connector declares is shown with words', async () => {
  const means = new Set(['native', 'derived', 'none']);
  const declared = new Set<string>();
  for (const { manifest } of modules())
    for (const [key, value] of Object.entries(manifest.capabilities))
      if (typeof value === 'string' && means.has(value)) declared.add(key);
  expect([...declared].filter((key) => !(key in ABILITIES))).toEqual([]);
  expect(declared).toContain('consents');
});

test('every vendor is offered once, in the family its manifest names, and has its page linked', () => {
  const cards = modules().map(({ manifest }) => manifest);
  const offered = byFamily(cards);
  expect(
    offered
      .flatMap(([, list]) => list)
      .map((one) => one.vendor)
      .sort(),
  ).toEqual(cards.map((one) => one.vendor).sort());
  expect(offered.find(([title]) => title === 'Clouds and clusters')?.[1].map((one) => one.vendor)).toEqual([
    'aws',
    'google',
    'kubernetes',
  ]);
  const guide = fs.readFileSync(path.join(projectRoot(), 'docs/connectors.md'), 'utf8');
  expect(cards.filter((one) => !guide.includes(`(connectors/${one.vendor}.md)`)).map((one) => one.vendor)).toEqual([]);
});
