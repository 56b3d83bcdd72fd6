import { expect, test, vi } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import type { ReadPage } from '@/lib/connectors/contract';
import { create } from '@/lib/connectors/create';
import { KEPT_MOST_BYTES } from '@/lib/connectors/looks/store';
import { looksOf } from '@/lib/connectors/looks-of';
import { remove } from '@/lib/connectors/remove';
import { update } from '@/lib/connectors/update';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

testDatabase();
const ctx: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada Admin', role: 'admin' } };
const CONFIG = { organization: 'acme' };
const page = (items: unknown[], next: unknown, first = false): ReadPage => ({ what: 'GET /x', items, next, first });

async function connected(): Promise<string> {
  const name = `world_${newId().slice(-8)}`;
  return (await create(ctx, { vendor: 'simulator', name, values: { world: name, identities: name } })).id;
}
const rowsOf = (connectorId: string) => prisma().connectorLook.findMany({ where: { connectorId } });

test('what is kept is there for the next one who asks, in order and sealed, and gone with its connector', async () => {
  const [id, other] = [await connected(), await connected()];
  const looks = looksOf(id, CONFIG);
  const look = newId();
  await looks.keep('identities', { id: look, from: 0, pages: [page(['svc-secret'], 1, true), page(['b'], 'token')] });
  await looks.keep('identities', { id: look, from: 2, pages: [page(['c'], null)] });
  expect(await looksOf(id, CONFIG).find('identities')).toEqual({
    id: look,
    pages: [page(['svc-secret'], 1, true), page(['b'], 'token'), page(['c'], null)],
  });
  expect(await looksOf(id, CONFIG).find('sessions')).toBeNull();
  expect(await looksOf(other, CONFIG).find('identities')).toBeNull();
  const stored = (await rowsOf(id)).map((row) => Buffer.from(row.sealedPage).toString('latin1')).join();
  expect(stored).not.toContain('svc-secret');
  await looks.drop('identities');
  expect(await looks.find('identities')).toBeNull();
  for (const each of [id, other])
    await looksOf(each, CONFIG).keep('identities', { id: newId(), from: 0, pages: [page(['a'], 1, true)] });
  await remove(ctx, { id, reason: 'test' });
  expect([(await rowsOf(id)).length, (await rowsOf(other)).length]).toEqual([0, 1]);
  await looks.keep('identities', { id: newId(), from: 0, pages: [page(['late'], 1, true)] });
  expect(await rowsOf(id)).toHaveLength(0);
});

test('what was read with other settings is not given back, and changing, disabling or moving pages drops it', async () => {
  const id = await connected();
  const keep = () => looksOf(id, CONFIG).keep('identities', { id: newId(), from: 0, pages: [page(['a'], 1, true)] });
  await keep();
  expect(await looksOf(id, { organization: 'other' }).find('identities')).toBeNull();
  expect(await rowsOf(id)).toHaveLength(0);
  await keep();
  await update(ctx, { id, name: `renamed_${newId().slice(-8)}` });
  expect(await rowsOf(id)).toHaveLength(1);
  await update(ctx, { id, values: { world: 'w', identities: 'a, b' } });
  expect(await rowsOf(id)).toHaveLength(0);
  await keep();
  await update(ctx, { id, state: 'disabled', reason: 'test' });
  expect(await rowsOf(id)).toHaveLength(0);
  await keep();
  await prisma().connectorLook.updateMany({ where: { connectorId: id }, data: { lookId: newId() } });
  expect(await looksOf(id, CONFIG).find('identities')).toBeNull();
  expect(await rowsOf(id)).toHaveLength(0);
});

test('of two that go on from the same place both are whole: the second begun takes the place, the first adds nothing to it', async () => {
  const looks = looksOf(await connected(), CONFIG);
  const [mine, yours] = [newId(), newId()];
  await looks.keep('identities', { id: mine, from: 0, pages: [page(['a'], 1, true)] });
  await looks.keep('identities', { id: yours, from: 0, pages: [page(['x'], 1, true)] });
  await looks.keep('identities', { id: mine, from: 1, pages: [page(['b'], 2)] });
  expect(await looks.find('identities')).toEqual({ id: yours, pages: [page(['x'], 1, true)] });
  await looks.keep('identities', { id: yours, from: 1, pages: [page(['y'], 2), page(['z'], 3)] });
  // Another worker went on from the first page too, and was cut off earlier.
  await looks.keep('identities', { id: yours, from: 1, pages: [page(['y'], 2)] });
  expect((await looks.find('identities'))!.pages.map((one) => one.next)).toEqual([1, 2]);
});

test('what is too old is dropped, whosever it is; what there is no room for is left out', async () => {
  const [id, other] = [await connected(), await connected()];
  const looks = looksOf(id, CONFIG);
  const keep = (to: string, from: number, look: string) =>
    looksOf(to, CONFIG).keep('identities', { id: look, from, pages: [page(['a'], 1, from === 0)] });
  await keep(other, 0, newId());
  const look = newId();
  await keep(id, 0, look);
  const now = clock.ms();
  const later = vi.spyOn(clock, 'ms');
  const at = vi.spyOn(clock, 'now');
  const wait = (hours: number) => {
    later.mockReturnValue(now + hours * 3_600_000);
    at.mockReturnValue(new Date(now + hours * 3_600_000));
  };
  wait(1);
  await keep(id, 1, look);
  wait(2);
  // Its newest page is an hour old; the other's is two.
  expect((await looks.find('identities'))!.pages).toHaveLength(2);
  await keep(id, 2, look);
  expect([(await rowsOf(id)).length, (await rowsOf(other)).length]).toEqual([3, 0]);
  for (let hour = 3; hour <= 25; hour++) {
    wait(hour);
    await keep(id, hour, look);
  }
  // However often it was gone on with: what was read first is more than a day old.
  expect(await looks.find('identities')).toBeNull();
  later.mockRestore();
  at.mockRestore();
  expect(await rowsOf(id)).toHaveLength(0);

  await keep(id, 0, look);
  await pool().query(
    `insert into connector_looks (connector_id, name, page, look_id, sealed_page, at)
     select $1, 'identities', 1, $2, convert_to(repeat('x', $3::int), 'UTF8'), now()`,
    [id, look, KEPT_MOST_BYTES - 1_000],
  );
  const large = Array.from({ length: 2_000 }, () => newId());
  await looks.keep('identities', { id: look, from: 2, pages: [page(large, 2), page(['z'], 3)] });
  expect(await rowsOf(id)).toHaveLength(2);
});
