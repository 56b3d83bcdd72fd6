import { beforeAll, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing';
import { applyTestPolicies, ask, consistent } from '@/lib/decisions/testing-ask';
import { list } from '@/lib/sessions/list';
import { SESSION_KINDS } from '@/lib/sessions/model';

testDatabase();
beforeAll(applyTestPolicies);

const reader = { actor: { kind: 'cli' as const, name: 'cli:test' } };

test.each(SESSION_KINDS)('what is spread over sessions of kind %s is judged together', async (kind) => {
  const subject = `svc-${kind}`;
  const pay = (id: string) =>
    ask({ subject, resource: `acct-${kind}`, context: { amount: 4000 }, session: { id, kind } });
  expect((await pay('one')).decision).toBe(true);
  expect((await pay('two')).decision).toBe(true);
  expect(await pay('three')).toMatchObject({ decision: false, reason: 'aggregate_value_exceeded' });
  const sessions = (await list(reader, { q: subject, kind })).items;
  expect(sessions).toHaveLength(3);
  for (const session of sessions) expect(session.lastValidatedAt).toBe(session.lastEventAt);
  await consistent();
});

test('a kind nobody defined is refused, not taken for another', async () => {
  await expect(ask({ session: { id: 'x', kind: 'toaster' } })).rejects.toMatchObject({ code: 'input.invalid' });
});
