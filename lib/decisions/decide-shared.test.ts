// One credential in the hands of several identities: its live sessions count together, whoever asks, however they interleave.
import { beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask, consistent } from '@/lib/decisions/testing-ask';
import { show } from '@/lib/exposures/show';
import { clock } from '@/lib/platform/clock';
import { apply } from '@/lib/policies/apply';
import { replay } from '@/lib/replay/replay';

testDatabase();

const SOURCE = `set: shared
default: allow
meters:
  per_key: { live_sessions: true, per: credential, on: action.name == "use" }
  per_device: { live_sessions: true, per: device, on: action.name == "type" }
rules:
  - { id: key-in-two-places, limit: { meter: per_key, max: 2 } }
  - { id: one-session-a-device, limit: { meter: per_device, max: 1 } }
`;
beforeAll(async () => {
  await apply(admin, { source: SOURCE });
});

const use = (subject: string, id: string, key: string) => ask({ subject, action: 'use', session: { id, key } });

test('asked at once by many sessions of several identities, as many pass as may, and stay', async () => {
  const from = clock.now().toISOString();
  for (let round = 0; round < 4; round++) {
    const key = `key-${round}`;
    const who = Array.from({ length: 9 }, (_, n) => ({ subject: `svc-${n % 3}`, id: `${round}-${n}` }));
    const answers = await Promise.all(who.map(({ subject, id }) => use(subject, id, key)));
    expect(answers.filter((one) => one.decision)).toHaveLength(2);
    const again = await Promise.all(who.map(({ subject, id }) => use(subject, id, key)));
    expect(again.map((one) => one.decision)).toEqual(answers.map((one) => one.decision));
    expect(answers.find((one) => !one.decision)).toMatchObject({
      reason: 'concurrency_exceeded',
      braid: { rule_id: 'key-in-two-places', alone: 'allow' },
    });
    const seen = (await show(admin, { meter: 'per_key', key })).items[0]!;
    expect(seen).toMatchObject({ settled: '9', limit: '2' });
    expect(new Set(seen.contributors.map((one) => one.identityId)).size).toBe(3);
  }
  expect((await use('svc-0', 'elsewhere', 'key-of-its-own')).decision).toBe(true);
  await consistent();
  const steps = replay(admin, { from, to: clock.now().toISOString() });
  for (;;) {
    const next = await steps.next();
    if (next.done) {
      expect(next.value.reproduced).toBe(next.value.decisions);
      break;
    }
  }
}, 60_000);

test('a session that takes up the credential of others comes after them, though it began before', async () => {
  expect((await use('svc-early', 'early', 'its-own')).decision).toBe(true);
  for (const subject of ['svc-a', 'svc-b']) expect((await use(subject, 'later', 'taken')).decision).toBe(true);
  expect(await use('svc-early', 'early', 'taken')).toMatchObject({ decision: false, reason: 'concurrency_exceeded' });
});

test('one device is in one session, whoever it is of', async () => {
  const type = (subject: string) => ask({ subject, action: 'type', session: { id: subject, device: 'laptop-1' } });
  const both = await Promise.all([type('svc-x'), type('svc-y')]);
  expect(both.filter((one) => one.decision)).toHaveLength(1);
});
