// Identities that act for one purpose: who is in a workflow is said through verbs, binds, and stands in the audit log.
import { beforeAll, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { list as listIdentities } from '@/lib/identities/list';
import { newId } from '@/lib/platform/ids';
import { MAX_WORKFLOWS } from '@/lib/policies/compiled-model';
import { addIdentities } from '@/lib/workflows/add-identities';
import { create } from '@/lib/workflows/create';
import { list } from '@/lib/workflows/list';
import { remove } from '@/lib/workflows/remove';
import { rename } from '@/lib/workflows/rename';
import { show } from '@/lib/workflows/show';
import { takeIdentities } from '@/lib/workflows/take-identities';

testDatabase();
const as = (role: 'viewer' | 'analyst'): Ctx => ({ actor: { kind: 'operator', id: newId(), name: 'Ana Lyst', role } });
const ctx = as('analyst');
let ids: string[];

beforeAll(async () => {
  ids = [newId(), newId(), newId()];
  await prisma().identity.createMany({
    data: ids.map((id, i) => ({ id, name: `svc-${i}`, externalId: `svc-${i}`, kind: 'service_account' })),
  });
});

const audited = (id: string) =>
  prisma().auditEntry.findMany({
    where: { targetId: id },
    orderBy: { id: 'asc' },
    select: { action: true, reason: true },
  });

test('made, renamed, filled and emptied again, each in the audit log', async () => {
  const { id } = await create(ctx, { name: 'payouts', identityIds: [ids[0]!] });
  expect(await addIdentities(ctx, { id, identityIds: ids })).toEqual({ id, changed: 2 });
  expect(await addIdentities(ctx, { id, identityIds: ids })).toEqual({ id, changed: 0 });
  await rename(ctx, { id, name: 'payroll' });
  expect(await show(ctx, { id })).toMatchObject({ name: 'payroll', identities: 3, liveSessions: 0, exposures: [] });
  expect((await listIdentities(ctx, { workflowId: id })).items.map((row) => row.id).sort()).toEqual([...ids].sort());
  expect(await takeIdentities(ctx, { id, identityIds: [ids[2]!], reason: 'moved to another team' })).toMatchObject({
    changed: 1,
  });
  await expect(takeIdentities(ctx, { id, identityIds: [ids[2]!], reason: 'once more' })).rejects.toMatchObject({
    code: 'not_found',
  });
  const jobs = await prisma().$queryRaw<
    { key: string }[]
  >`select key from graphile_worker.jobs where key like ${`reevaluate:workflow:${id}:%`}`;
  expect(jobs.length).toBeGreaterThan(0);
  await remove(ctx, { id, reason: 'nobody pays out any more' });
  await expect(show(ctx, { id })).rejects.toMatchObject({ code: 'not_found' });
  expect(await prisma().identity.count({ where: { id: { in: ids } } })).toBe(3);
  expect(await audited(id)).toEqual([
    { action: 'workflow.create', reason: null },
    { action: 'workflow.add', reason: null },
    { action: 'workflow.rename', reason: null },
    { action: 'workflow.take', reason: 'moved to another team' },
    { action: 'workflow.remove', reason: 'nobody pays out any more' },
  ]);
});

test('a name is given once, an identity has to be there, and nobody changes one without the right to', async () => {
  await create(ctx, { name: 'once' });
  await expect(create(ctx, { name: 'once' })).rejects.toMatchObject({ code: 'conflict' });
  await expect(create(ctx, { name: 'twice', identityIds: [newId()] })).rejects.toMatchObject({ code: 'not_found' });
  expect((await list(ctx, { q: 'twice' })).items).toEqual([]);
  const { id } = await create(ctx, { name: 'thrice' });
  await expect(rename(ctx, { id, name: 'once' })).rejects.toMatchObject({ code: 'conflict' });
  for (const attempt of [
    create(as('viewer'), { name: 'mine' }),
    addIdentities(as('viewer'), { id, identityIds: ids }),
    remove(as('viewer'), { id, reason: 'because' }),
  ])
    await expect(attempt).rejects.toMatchObject({ code: 'access.denied' });
  expect((await list(as('viewer'))).items.map((row) => row.name)).toContain('once');
});

test('no identity comes into more workflows than a request of it could be judged on', async () => {
  for (let i = 0; i < MAX_WORKFLOWS; i++) await create(ctx, { name: `many ${i}`, identityIds: [ids[1]!] });
  const { id } = await create(ctx, { name: 'one too many' });
  await expect(addIdentities(ctx, { id, identityIds: [ids[0]!, ids[1]!] })).rejects.toMatchObject({ code: 'conflict' });
  expect((await show(ctx, { id })).identities).toBe(0);
});

test('the history of a merged identity is in no workflow', async () => {
  await prisma().identity.update({ where: { id: ids[2]! }, data: { attributes: { continuedAs: ids[0]! } } });
  await expect(create(ctx, { name: 'of the past', identityIds: [ids[2]!] })).rejects.toMatchObject({
    code: 'not_found',
  });
});

test('pages follow one another by name', async () => {
  const all = (await list(ctx, { limit: 200 })).items.map((row) => row.name);
  const paged: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(ctx, { limit: 2, ...(cursor ? { cursor } : {}) });
    paged.push(...page.items.map((row) => row.name));
    cursor = page.nextCursor;
  } while (cursor);
  expect(paged).toEqual(all);
  expect(all.length).toBeGreaterThan(10);
});

test('while an exemption names it, it stays', async () => {
  const { id } = await create(ctx, { name: 'exempt' });
  const exemption = { policySet: 'p', ruleId: 'r', workflowId: id, reason: 'migration', createdBy: 'x' };
  await prisma().policyExemption.create({
    data: { id: newId(), ...exemption, until: new Date('2090-01-01T00:00:00Z') },
  });
  await expect(remove(ctx, { id, reason: 'not needed' })).rejects.toMatchObject({ code: 'conflict' });
  await prisma().policyExemption.updateMany({
    where: { workflowId: id },
    data: { endedAt: new Date('2026-01-01T00:00:00Z') },
  });
  await remove(ctx, { id, reason: 'not needed' });
});
