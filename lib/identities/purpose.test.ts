// An identity whose purpose is over stands in a list of its own, from which it is ended together with others.
import { expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { annotate } from '@/lib/identities/annotate';
import { list } from '@/lib/identities/list';
import { show } from '@/lib/identities/show';
import { newId } from '@/lib/platform/ids';
import { bulk } from '@/lib/revocations/bulk';

testDatabase();
const ctx: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Rae Responder', role: 'admin' } };

async function known(name: string): Promise<string> {
  const id = newId();
  await prisma().identity.create({ data: { id, name, externalId: name, kind: 'service_account' } });
  return id;
}

test('needed until yesterday: listed as over, asked about again, and ended together', async () => {
  const [over, later, endless] = [await known('migration_2025'), await known('audit_2030'), await known('payments')];
  await annotate(ctx, { id: over, purpose: 'one migration', purposeUntil: '2025-12-31T23:59:59Z' });
  await annotate(ctx, { id: later, purposeUntil: '2030-12-31T23:59:59Z' });
  expect((await show(ctx, { id: over })).purposeUntil).toBe('2025-12-31T23:59:59.000Z');
  expect(await annotate(ctx, { id: over, purposeUntil: '2025-12-31T23:59:59Z' })).toMatchObject({ changed: [] });
  const stale = (await list(ctx, { purposeOver: true })).items;
  expect(stale.map((row) => row.id)).toEqual([over]);
  expect((await list(ctx, { purposeOver: false })).items.map((row) => row.id).sort()).toEqual([later, endless].sort());
  const jobs = await prisma().$queryRaw<
    { key: string }[]
  >`select key from graphile_worker.jobs where key = ${`reevaluate:identity:${over}`}`;
  expect(jobs).toHaveLength(1);
  const ended = await bulk(ctx, {
    kind: 'revoke',
    identityIds: stale.map((row) => row.id),
    reasonCode: 'no_longer_needed',
  });
  expect(ended).toMatchObject({ eligible: 1, skipped: 0 });
  expect((await show(ctx, { id: over })).state).toBe('revoked');
  await annotate(ctx, { id: over, purposeUntil: null });
  expect((await list(ctx, { purposeOver: true })).items).toEqual([]);
});

test('who is not needed any more is found without reading everybody', async () => {
  const plan = await prisma().$transaction(async (tx) => {
    await tx.$executeRaw`set local enable_seqscan = off`;
    return tx.$queryRaw<{ 'QUERY PLAN': string }[]>`explain select id from identities where purpose_until <= now()`;
  });
  expect(plan.map((row) => row['QUERY PLAN']).join(' ')).toContain('identities_purpose_until_idx');
});
