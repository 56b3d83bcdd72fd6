// A version whose meters count otherwise leaves what was counted behind: whoever makes it active is told, before and after.
import { beforeAll, expect, test } from 'vitest';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { decide } from '@/lib/decisions/decide';
import { token } from '@/lib/decisions/testing-ask';
import { newId } from '@/lib/platform/ids';
import { apply } from '@/lib/policies/apply';
import { checkAgainst } from '@/lib/policies/check-against';
import { foreseeCounts } from '@/lib/policies/foresee-counts';
import { promote } from '@/lib/policies/promote';
import { rollBack } from '@/lib/policies/roll-back';

testDatabase();

const admin = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
const reason = 'agreed with finance';
const source = (meter: string, name = 'paid') => `set: pay
default: allow
meters:
  ${name}: { ${meter} }
rules:
  - { id: cap, limit: { meter: ${name}, max: 1000 } }
`;
const BEFORE = 'sum: context.amount, unit: EUR, scale: 2, per: resource.id, over: 24h';
const ask = (resource: string, amount: number) =>
  decide(token, {
    subject: { type: 'service_account', id: 'svc-1' },
    action: { name: 'payment.create' },
    resource: { type: 'account', id: resource },
    context: { amount, braid: { session: { id: 's' } } },
  });
const HELD = 'resource acct-1: 990 of 1\u202f000\u00a0EUR (99 %); resource acct-2: 40 of 1\u202f000\u00a0EUR (4 %)';
const notesOf = async (text: string) => (await apply(admin, { source: text, dryRun: true })).notes;

beforeAll(async () => {
  await apply(admin, { source: source(BEFORE) });
  await ask('acct-1', 990);
  await ask('acct-2', 40);
});

test.each([
  ['per', BEFORE.replace('resource.id', 'identity'), 'counts per identity.id instead of resource.id'],
  ['unit', BEFORE.replace('EUR', 'USD'), 'is in USD with 2 decimals instead of EUR with 2 decimals'],
  ['scale', BEFORE.replace('scale: 2', 'scale: 1'), 'is in EUR with 1 decimal instead of EUR with 2 decimals'],
  ['window', BEFORE.replace('over: 24h', 'window: { fixed: day }'), 'counts over today (UTC) instead of 24 h'],
  [
    'kind',
    'count: true, per: resource.id, over: 24h',
    'is a count instead of a sum, is in units with 0 decimals instead of EUR with 2 decimals',
  ],
])('another %s is another count: it is named, with what it holds now', async (_what, meter, why) => {
  expect(await notesOf(source(meter))).toEqual([
    `paid ${why}: it begins anew, and what it holds binds no more: ${HELD}.`,
  ]);
});

test('a meter by another name is another count, and one that is left out counts no more', async () => {
  expect(await notesOf(source(BEFORE, 'spent'))).toEqual([
    `paid is called spent now: it begins anew, and what it holds binds no more: ${HELD}.`,
  ]);
  expect(await notesOf(source('count: true, per: resource.id, over: 24h', 'asked'))).toEqual([
    `paid is counted no more, and what it holds binds no more: ${HELD}.`,
  ]);
});

test('what goes on is not named: another limit, a shorter window, another zone, another condition', async () => {
  expect(await notesOf(source(BEFORE).replace('1000', '500'))).toEqual([]);
  expect(await notesOf(source(BEFORE.replace('24h', '1h')))).toEqual([]);
  expect(await notesOf(source(`${BEFORE}, on: action.name == "payment.create"`))).toEqual([]);
});

test('checked, promoted and rolled back, it is told the same way, and the audit log names the meter', async () => {
  const other = source(BEFORE.replace('resource.id', 'identity'));
  const note = `paid counts per identity.id instead of resource.id: it begins anew, and what it holds binds no more: ${HELD}.`;
  expect(await checkAgainst(admin, [{ name: 'set.yaml', text: other }])).toMatchObject({ ok: true, notes: [note] });
  await apply(admin, { source: other, shadow: true, reason });
  expect((await foreseeCounts(admin, { name: 'pay', version: 2 })).notes).toEqual([note]);
  expect((await promote(admin, { name: 'pay', version: 2, reason })).notes).toEqual([note]);
  await ask('acct-3', 7);
  const { notes } = await rollBack(admin, { name: 'pay', version: 1, reason });
  expect(notes).toEqual([
    'paid counts per resource.id instead of identity.id: it begins anew, and what it holds binds no more: identity svc-1: 7 of 1\u202f000\u00a0EUR (0 %).',
    `paid was counted so before and goes on from there, without what was counted otherwise since: ${HELD}.`,
  ]);
  const audit = await prisma().auditEntry.findMany({ where: { targetName: 'pay' }, orderBy: { id: 'asc' } });
  expect(audit.map((row) => [row.action, (row.detail as { restarts?: string[] }).restarts])).toEqual([
    ['policy.apply', undefined],
    ['policy.shadow', undefined],
    ['policy.promote', ['paid']],
    ['policy.roll_back', ['paid']],
  ]);
});

test('many keys are a few names and a number; nothing held is said too', async () => {
  for (let n = 10; n < 15; n++) await ask(`acct-${n}`, n);
  const [note] = await notesOf(source(BEFORE, 'spent'));
  expect(note).toContain('4 more keys');
  await apply(admin, { source: source(BEFORE, 'spent') });
  expect(await notesOf(source(BEFORE.replace('EUR', 'USD'), 'spent'))).toEqual([
    'spent is in USD with 2 decimals instead of EUR with 2 decimals: it begins anew. It holds nothing now.',
  ]);
});

test('a longer window goes on, and says what is put back', async () => {
  const spent = (over: string) => source(BEFORE.replace('24h', over), 'spent');
  expect(await notesOf(spent('48h'))).toEqual([
    'spent counts over 2 days instead of 24 h: what had left the shorter window is put back from the ledger with the next request.',
  ]);
});

test('what has left its window is held no more, and another kind of window is not mixed in', async () => {
  await apply(admin, { source: source(BEFORE.replace('24h', '1s'), 'short') });
  await ask('acct-20', 500);
  await expect
    .poll(() => notesOf(source(BEFORE, 'other')), { timeout: 10_000 })
    .toEqual(['short is called other now: it begins anew. It holds nothing now.']);
  await apply(admin, { source: source(BEFORE.replace('over: 24h', 'window: lifetime'), 'short') });
  await ask('acct-21', 3);
  expect(await notesOf(source(BEFORE, 'other'))).toEqual([
    'short is counted no more, and what it holds binds no more: resource acct-21: 3 of 1\u202f000\u00a0EUR (0 %).',
  ]);
});

test('a version that no longer reads is rolled back, and the longest keys are named and answered', async () => {
  const { version } = await apply(admin, { source: source(BEFORE, 'wide') });
  await ask('k'.repeat(512), 10);
  const [note] = await notesOf(source(BEFORE, 'wider'));
  expect(note).toContain(`resource ${'k'.repeat(60)}…: 10 of`);
  expect(note!.length).toBeLessThan(500);
  await pool().query(
    `update policy_sets set source = 'set: pay', hash = 'unread' where name = 'pay' and version = $1`,
    [version],
  );
  expect(await rollBack(admin, { name: 'pay', version: 1, reason })).toMatchObject({ replaces: version, notes: [] });
});
