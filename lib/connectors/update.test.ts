import pg from 'pg';
import { expect, inject, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { create } from '@/lib/connectors/create';
import { open } from '@/lib/connectors/open';
import { pullIdentities, pullSessions } from '@/lib/connectors/pull';
import { closeConnections } from '@/lib/connectors/registry';
import { remove } from '@/lib/connectors/remove';
import { readOwn } from '@/lib/connectors/store';
import { test as tryOut } from '@/lib/connectors/test';
import { update } from '@/lib/connectors/update';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';

const db = testDatabase();
const ctx: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada Admin', role: 'admin' } };

async function admin(sql: string, url = inject('adminUrl')): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** A simulated system whose two sessions are on screen. */
async function watched(): Promise<{ id: string; name: string }> {
  const name = `world_${newId().slice(-8)}`;
  const { id } = await create(ctx, {
    vendor: 'simulator',
    name,
    values: { world: name, identities: `${name}:2`, linkByName: 'false' },
  });
  const opened = await open(id);
  await pullIdentities(opened);
  await pullSessions(opened);
  expect(await prisma().session.count({ where: { connectorId: id, endedAt: null } })).toBe(2);
  return { id, name };
}

test('sessions of a disabled connector are stale at once and not live for ever; enabled again, they live', async () => {
  const { id } = await watched();
  const before = await open(id);
  await update(ctx, { id, state: 'disabled' });
  const rows = await prisma().session.findMany({ where: { connectorId: id } });
  for (const row of rows) {
    expect(row).toMatchObject({ stale: true, endedAt: null });
    expect(row.liveUntil!.getTime() - Date.now()).toBeLessThanOrEqual(3_600_000);
  }
  await pullSessions(before); // a listing that was already under way says nothing any more
  expect(await prisma().session.count({ where: { connectorId: id, stale: true } })).toBe(2);
  await update(ctx, { id, state: 'enabled' });
  await pullSessions(await open(id));
  expect(await prisma().session.count({ where: { connectorId: id, liveUntil: null, endedAt: null } })).toBe(2);
});

test('sessions of a removed connector are ended, with why, and no late listing brings them back', async () => {
  const { id, name } = await watched();
  const before = await open(id);
  await remove(ctx, { id, reason: 'moved' });
  await pullSessions(before);
  const rows = await prisma().session.findMany({ where: { connectorId: id } });
  expect(rows).toHaveLength(2);
  for (const row of rows)
    expect(row).toMatchObject({
      state: 'ended',
      endedBy: 'system',
      endReason: expect.stringContaining(`${name} removed`),
    });
});

test('stored secrets never go to another place or over weaker TLS', async () => {
  const role = `keeper_${newId().slice(-8)}`;
  await admin(`create role ${role} login password 'p4ss'`);
  const url = new URL(inject('adminUrl'));
  const place = { host: url.hostname, port: url.port, database: 'postgres', pollMs: '60000' };
  const { id } = await create(ctx, {
    vendor: 'postgres',
    name: `keep ${role}`,
    values: { ...place, user: role, password: 'p4ss' },
  });
  try {
    await update(ctx, { id, values: { ...place, pollMs: '50000' } });
    await update(ctx, { id, values: { ...place, sslMode: 'prefer' } });
    const others: Record<string, string>[] = [
      { host: 'localhost' },
      { port: '1' },
      { database: 'template1' },
      { sslMode: 'disable' },
    ];
    for (const other of others) {
      const refused = { code: 'input.invalid', publicMessage: expect.stringContaining('given again') };
      await expect(update(ctx, { id, values: { ...place, ...other } })).rejects.toMatchObject(refused);
      await expect(tryOut(ctx, { id, vendor: 'postgres', values: { ...place, ...other } })).rejects.toMatchObject(
        refused,
      );
    }
    await update(ctx, { id, values: { ...place, sslMode: 'disable', user: role, password: 'p4ss' } });
  } finally {
    await closeConnections();
    await admin(`drop role ${role}`);
  }
});

test('a server that does not tell its identifier still tells Braid’s own roles', async () => {
  await admin('revoke execute on function pg_control_system() from public', db.adminUrl);
  expect(await readOwn()).toMatchObject({ systemIdentifier: null, roles: ['braid'] });
});
