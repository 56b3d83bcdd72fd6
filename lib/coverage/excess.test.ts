// Requirement B7: the share of identities with excessive privileges, out of a real database; the number counts its rows.
import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { render } from '@/lib/coverage/render';
import { show } from '@/lib/coverage/show';
import { take } from '@/lib/coverage/take';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';

testDatabase();
const DAY = 86_400_000;
const ctx = systemCtx('weekly snapshot');

async function known(name: string, attributes: object, scoped?: { scope: string; done: string[]; daysAgo?: number }) {
  const id = newId();
  await prisma().identity.create({ data: { id, name, externalId: name, kind: 'service_account', attributes } });
  if (!scoped) return;
  const at = new Date(Date.now() - (scoped.daysAgo ?? 1) * DAY);
  const sessionId = newId();
  await prisma().session.create({
    data: {
      id: sessionId,
      identityId: id,
      source: 'keycloak',
      observedBy: 'derived',
      groupKey: name,
      label: name,
      scope: scoped.scope,
      startedAt: at,
      lastEventAt: at,
    },
  });
  await prisma().sessionEvent.createMany({
    data: scoped.done.map((action) => ({
      identityId: id,
      id: newId(),
      sessionId,
      at,
      source: 'keycloak',
      eventId: newId(),
      action,
      class: 'read',
      outcome: 'success',
    })),
  });
}

test('n of m judged, the rest not judged, and the definition beside it', async () => {
  await known('svc-super', { superuser: true, createRole: false });
  await known('svc-plain', { superuser: false, createRole: false });
  await known('svc-unknown', { canLogin: true });
  await known('svc-uses-all', {}, { scope: 'orders:read', done: ['orders.read'] });
  await known('svc-too-much', {}, { scope: 'orders:read orders:write', done: ['orders.read'] });
  await known('svc-long-ago', {}, { scope: 'orders:write', done: ['orders.read'], daysAgo: 40 });
  const { id } = await take(ctx);
  const snapshot = (await show(ctx, { id }))!;
  expect(snapshot.totals.excess).toEqual({ judged: 4, excessive: 2 });
  expect(snapshot.totals.gaps.excess).toBe(2);
  const sights = Object.values(snapshot.totals.sights!).reduce((sum, one) => sum + one, 0);
  expect(sights).toBe(snapshot.totals.known);
  const rows = snapshot.rows.filter((row) => row.gaps.includes('excess'));
  expect(Object.fromEntries(rows.map((row) => [row.name, row.excess]))).toEqual({
    'svc-super': 'Holds superuser.',
    'svc-too-much': 'Not used in 30 days: orders:write.',
  });
  const csv = String((await render(ctx, { format: 'csv', snapshot: id })).body).split('\r\n');
  const line = (name: string) => csv.find((one) => one.includes(`,${name},`))!;
  expect(line('svc-super').endsWith(',Holds superuser.')).toBe(true);
  expect(line('svc-plain').endsWith(',no')).toBe(true);
  expect(line('svc-unknown').endsWith(',not judged')).toBe(true);
});
