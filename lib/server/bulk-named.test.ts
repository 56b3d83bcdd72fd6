// One action over many has a name, by which it is found again and is not done twice.
import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';
import { bulk } from '@/lib/revocations/bulk';
import { verifiedMs } from '@/lib/revocations/format';
import { list } from '@/lib/revocations/list';
import { previewBulk } from '@/lib/revocations/preview-bulk';
import { progress } from '@/lib/revocations/progress';
import { request } from '@/lib/revocations/request';
import { show } from '@/lib/revocations/show';
import { account, ctx, live, reached, respondWorld, viewer, why } from '@/lib/server/testing-respond';

testDatabase();
respondWorld();

test('an action has a name: asked again it goes on where it was left, and nothing is done twice', async () => {
  const [a, b, c] = [await account('named_a', 2), await account('named_b'), await account('named_c')];
  const { actionId } = await previewBulk(viewer, { kind: 'pause', identityIds: [a.id, b.id] });
  // Whoever asked lost the answer after the first of them.
  const first = await bulk(ctx, { kind: 'pause', identityIds: [a.id], actionId, ...why });
  const whole = await bulk(ctx, { kind: 'pause', identityIds: [a.id, b.id], actionId, ...why });
  expect(whole).toMatchObject({ actionId, eligible: 2, skipped: 0 });
  expect(whole.rows[0]!.revocationId).toBe(first.rows[0]!.revocationId);
  for (const id of whole.revocationIds) await reached(id, 'verified');
  const again = await bulk(ctx, { kind: 'pause', identityIds: [a.id, b.id], actionId, ...why });
  expect(again.rows).toMatchObject([
    { eligible: true, why: null },
    { eligible: true, why: null },
  ]);
  expect(again.revocationIds).toEqual(whole.revocationIds);
  expect(await progress(viewer, { actionId })).toMatchObject({ total: 2, settled: 2, verified: 2 });
  expect(await progress(viewer, { actionId: newId() })).toMatchObject({ total: 0, items: [] });
  const { items } = await list(viewer, { actionId });
  expect(items.map((row) => [row.actionId, row.id]).sort()).toEqual(
    whole.revocationIds.map((id) => [actionId, id]).sort(),
  );
  const entries = await prisma().auditEntry.findMany({ where: { action: 'identity.pause' } });
  expect(entries.filter((one) => [a.id, b.id].includes(one.targetId!))).toHaveLength(2);
  await expect(bulk(ctx, { kind: 'revoke', identityIds: [c.id], actionId, ...why })).rejects.toMatchObject({
    code: 'conflict',
  });
  const sessionIds = (await live(c.id)).map((one) => one.id);
  const ends = { kind: 'terminate' as const, sessionIds, actionId: newId(), ...why };
  const both = await Promise.all([bulk(ctx, ends), bulk(ctx, ends)]);
  await reached(both.flatMap((one) => one.revocationIds)[0]!, 'verified');
  expect(await prisma().revocation.count({ where: { actionId: ends.actionId } })).toBe(1);
  expect((await bulk(ctx, ends)).rows).toMatchObject([{ eligible: true, revocationId: expect.any(String) }]);
});

test('what an action left out is found under its name', async () => {
  const [taken, shut] = [await account('left_a'), await account('left_b')];
  await reached((await request(ctx, { kind: 'pause', identityId: shut.id, ...why })).revocationId, 'verified');
  const { actionId } = await bulk(ctx, { kind: 'pause', identityIds: [taken.id, shut.id], ...why });
  const { leftOut, total } = await progress(viewer, { actionId });
  expect([total, leftOut]).toMatchObject([1, [{ id: shut.id, name: shut.role, session: false }]]);
  expect(leftOut![0]!.why).toMatch(/paused/);
  const none = await bulk(ctx, { kind: 'pause', identityIds: [shut.id], ...why });
  expect(await progress(viewer, { actionId: none.actionId })).toMatchObject({ total: 0, leftOut: [{ id: shut.id }] });
});

test('many are timed from the one click, whose turn came later as well', async () => {
  const all = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => account(`click_${n}`)));
  const done = await bulk(ctx, { kind: 'pause', identityIds: all.map((one) => one.id), ...why });
  for (const id of done.revocationIds) await reached(id, 'verified');
  const stored = await prisma().revocation.findMany({ where: { id: { in: done.revocationIds } } });
  const clicks = stored.map((one) => one.clickedAt!.getTime());
  expect(new Set(clicks).size).toBe(1);
  expect(stored.filter((one) => one.requestedAt.getTime() > clicks[0]!).length).toBeGreaterThan(1);
  for (const one of stored)
    expect(verifiedMs(await show(ctx, { id: one.id }))).toBe(one.verifiedAt!.getTime() - clicks[0]!);
});
