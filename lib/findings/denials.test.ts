// Refusals within minutes, made by real decisions: what is a storm, of which kind, and what is none.
import { afterEach, beforeAll, expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { admin, ask } from '@/lib/decisions/testing-ask';
import { detectDenyStorm } from '@/lib/findings/detect-deny-storm';
import { scanDecisions } from '@/lib/findings/scan-decisions';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { request } from '@/lib/revocations/request';

testDatabase();
const of = async (name: string) => {
  await scanDecisions(admin);
  const { id } = await prisma().identity.findFirstOrThrow({ where: { name } });
  return prisma().finding.findMany({
    where: { detector: 'deny-storm', identityId: id },
    select: { severity: true, title: true, summary: true, occurrences: true, evidence: true },
  });
};
const asks = async (subject: string, count: number, resource: (n: number) => string, action = 'read') => {
  for (let n = 0; n < count; n++)
    await ask({ subject, action, resource: resource(n), session: { id: `of ${subject}` } });
};

beforeAll(() =>
  apply(admin, {
    source: `
set: vault
default: allow
meters: { calls: { count: true, per: identity, over: 1h, on: action.name == "call" } }
rules:
  - { id: no-secrets, on: action.name == "read", deny: resource.id.startsWith("secret") }
  - { id: rate, limit: { meter: calls, max: 5 } }
`,
  }),
);
afterEach(() => clock.set());

test('who tries many things it may not is told, once, with what was refused', async () => {
  await asks('prober', 29, (n) => `secret-${n}`);
  expect(await of('prober')).toEqual([]);
  await asks('prober', 6, (n) => `secret-${n}`);
  const [found] = await of('prober');
  expect(found).toMatchObject({ severity: 'high', title: 'Tries again and again what it may not' });
  expect(found!.summary).toBe(
    'prober: 35 of 35 requests refused within 1 min, for 29 different actions and resources.',
  );
  expect((found!.evidence as { decisions: string[] }).decisions).toHaveLength(35);
  await asks('prober', 10, (n) => `secret-${n}`);
  expect(await of('prober')).toHaveLength(1);
});

test('one call in a loop is told as that, and who was shut out as that', async () => {
  await asks('loop', 31, () => 'secret');
  expect(await of('loop')).toMatchObject([{ severity: 'low', title: 'One request is refused again and again' }]);
  await asks('shut', 1, () => 'open');
  const { id: identityId } = await prisma().identity.findFirstOrThrow({ where: { name: 'shut' } });
  await request(admin, { kind: 'revoke', identityId, reasonCode: 'test', reason: 'a test' });
  await asks('shut', 40, (n) => `open-${n}`);
  expect(await of('shut')).toMatchObject([{ severity: 'medium', title: 'Goes on asking after its access was ended' }]);
});

test('a limit that holds, and a busy service with some errors, are no storm', async () => {
  await asks('limited', 60, () => 'open', 'call');
  expect(await of('limited')).toEqual([]);
  await asks('busy', 60, (n) => (n % 3 ? `open-${n}` : `secret-${n}`));
  await asks('busy', 30, (n) => (n % 3 ? `open-${n}` : `secret-${n}`));
  expect(await of('busy')).toEqual([]);
});

test('who is refused as much all day is told when it begins, and not again', () => {
  const denials = {
    identityId: newId(),
    identityName: 'cron',
    denied: 60,
    asked: 60,
    shutOut: 0,
    targets: 1,
    most: 'read on file a',
    usual: 15,
    sessions: [],
    decisions: [],
    firstAt: '2026-01-01T00:00:00.000Z',
    lastAt: '2026-01-01T00:04:00.000Z',
  };
  expect(detectDenyStorm([denials])).toHaveLength(1);
  expect(detectDenyStorm([{ ...denials, usual: 15.1 }])).toEqual([]);
  expect(detectDenyStorm([{ ...denials, denied: 29, usual: 0 }])).toEqual([]);
});
