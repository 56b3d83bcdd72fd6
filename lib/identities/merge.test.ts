import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import { list } from '@/lib/identities/list';
import { listMerges } from '@/lib/identities/list-merges';
import { merge } from '@/lib/identities/merge';
import { unmerge } from '@/lib/identities/unmerge';
import { newId } from '@/lib/platform/ids';

testDatabase();
const actor = (role: 'analyst' | 'viewer' | 'admin') => ({
  actor: { kind: 'operator' as const, id: newId(), name: role, role },
});
const ctx = actor('analyst');

const known = async (issuer: string, name: string): Promise<string> =>
  (
    await transaction((tx) =>
      discover(tx, [{ issuer, type: 'role', externalId: name, name, kind: 'service_account', reason: 'seen' }]),
    )
  )[0]!;
async function session(identityId: string, over: object = {}): Promise<string> {
  const id = newId();
  const at = new Date();
  await prisma().session.create({
    data: {
      id,
      identityId,
      source: 'x',
      observedBy: 'native',
      groupKey: id,
      label: 's',
      startedAt: at,
      lastEventAt: at,
      ...over,
    },
  });
  return id;
}
const whose = async (id: string) => (await prisma().session.findUniqueOrThrow({ where: { id } })).identityId;

test('names and live sessions move, what is over stays, and undone they go back', async () => {
  const [a, b] = [await known('aws', 'svc-a'), await known('okta', 'svc-b')];
  const live = await session(b);
  const over = await session(b, { endedAt: new Date(), endedBy: 'itself', state: 'ended' });
  const { id } = await merge(ctx, { id: a, fromId: b, reason: 'same robot' });
  expect(await known('okta', 'svc-b')).toBe(a);
  expect([await whose(live), await whose(over)]).toEqual([a, b]);
  expect((await list(ctx, {})).items.map((row) => row.id)).toEqual([a]);
  expect((await listMerges(ctx, { id: a })).items).toMatchObject([
    { from: { name: 'svc-b' }, into: { name: 'svc-a' }, names: 1, sessions: 1, reason: 'same robot', undoneAt: null },
  ]);
  await unmerge(ctx, { id, reason: 'not the same' });
  expect(await known('okta', 'svc-b')).toBe(b);
  expect(await whose(live)).toBe(b);
  expect((await list(ctx, {})).items).toHaveLength(2);
  await expect(unmerge(ctx, { id, reason: 'again' })).rejects.toMatchObject({ code: 'conflict' });
  const audited = await prisma().auditEntry.findMany({ where: { targetId: a }, orderBy: { id: 'asc' } });
  expect(audited.map((entry) => entry.action)).toEqual(['identity.merge', 'identity.unmerge']);
});

test('nobody is merged with themselves, twice, while paused or protected, or by who may not', async () => {
  const [a, b, c] = [await known('aws', 'm-a'), await known('aws', 'm-b'), await known('aws', 'm-c')];
  const go = (id: string, fromId: string) => merge(ctx, { id, fromId, reason: 'same' });
  await expect(go(a, a)).rejects.toMatchObject({ code: 'input.invalid' });
  await expect(go(a, newId())).rejects.toMatchObject({ code: 'not_found' });
  await expect(merge(actor('viewer'), { id: a, fromId: b, reason: 'same' })).rejects.toMatchObject({
    code: 'access.denied',
  });
  await prisma().identity.update({ where: { id: c }, data: { state: 'paused' } });
  await expect(go(a, c)).rejects.toThrow('m-c is paused');
  await prisma().identity.update({ where: { id: c }, data: { state: 'active', protected: true } });
  await expect(go(c, a)).rejects.toMatchObject({ code: 'connector.protected' });
  const { id } = await go(a, b);
  await expect(go(a, b)).rejects.toThrow('goes on as another');
  await prisma().identity.update({ where: { id: a }, data: { state: 'revoked' } });
  await expect(unmerge(ctx, { id, reason: 'split' })).rejects.toMatchObject({ code: 'access.denied' });
  await unmerge(actor('admin'), { id, reason: 'split' });
});
