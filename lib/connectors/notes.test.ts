import { expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { blockedSince } from '@/lib/connectors/blocked-since';
import { create } from '@/lib/connectors/create';
import { NOTES_MOST } from '@/lib/connectors/notes/store';
import { notesOf } from '@/lib/connectors/notes-of';
import { remove } from '@/lib/connectors/remove';
import { pool, prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { newId } from '@/lib/platform/ids';

testDatabase();
const ctx: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ada Admin', role: 'admin' } };
const PLACE = 'acme at api.github.com';
const TAKEN = { title: 'host-1', key: 'ssh-ed25519 AAAA', readOnly: true };

async function connected(): Promise<string> {
  const name = `world_${newId().slice(-8)}`;
  return (await create(ctx, { vendor: 'simulator', name, values: { world: name, identities: name } })).id;
}
const rowsOf = (connectorId: string) => prisma().connectorNote.findMany({ where: { connectorId } });

test('a note is there for the next one who asks, sealed, and gone with its connector', async () => {
  const [id, other] = [await connected(), await connected()];
  await notesOf(id, PLACE).write('deploy_key:acme/api:1', TAKEN);
  expect(await notesOf(id, PLACE).read('deploy_key:acme/api:1')).toEqual(TAKEN);
  expect(await notesOf(other, PLACE).read('deploy_key:acme/api:1')).toBeNull();
  expect(JSON.stringify(await rowsOf(id))).not.toContain('ssh-ed25519');
  await notesOf(id, PLACE).write('deploy_key:acme/api:1', { ...TAKEN, readOnly: false });
  expect(await notesOf(id, PLACE).read('deploy_key:acme/api:1')).toEqual({ ...TAKEN, readOnly: false });
  await notesOf(id, PLACE).remove('deploy_key:acme/api:1');
  expect(await notesOf(id, PLACE).read('deploy_key:acme/api:1')).toBeNull();
  await notesOf(id, PLACE).write('left', 1);
  await notesOf(other, PLACE).write('left', 2);
  await remove(ctx, { id, reason: 'test' });
  expect([(await rowsOf(id)).length, (await rowsOf(other)).length]).toEqual([0, 1]);
  await expect(notesOf(id, PLACE).write('late', 1)).rejects.toMatchObject({ code: 'connector.refused' });
});

test('a note can’t be passed off as another’s, nor be given back at another place', async () => {
  const id = await connected();
  const notes = notesOf(id, PLACE);
  await notes.write('a', 'of a');
  await notes.write('b', 'of b');
  const [a] = await rowsOf(id);
  await prisma().connectorNote.updateMany({
    where: { connectorId: id, key: 'b' },
    data: { sealedValue: a!.sealedValue },
  });
  await expect(notes.read('b')).rejects.toMatchObject({ code: 'internal' });
  expect(await notesOf(id, 'elsewhere at api.github.com').read('a')).toBeNull();
  expect(await notes.read('a')).toBe('of a');
});

test('what is too large, or has too long a name, is refused before anything is taken', async () => {
  const notes = notesOf(await connected(), PLACE);
  await notes.write('k'.repeat(512), 'x'.repeat(65_534));
  for (const [key, value] of [
    ['k', 'x'.repeat(65_535)],
    ['k', 'ö'.repeat(40_000)],
    ['k'.repeat(513), 1],
    ['', 1],
  ] as const)
    await expect(notes.write(key, value)).rejects.toMatchObject({ code: 'connector.refused' });
});

test('a full notebook makes room of what only says since when, and else refuses', async () => {
  const id = await connected();
  const notes = notesOf(id, PLACE);
  await pool().query(
    `insert into connector_notes (connector_id, key, sealed_value, at) select $1, 'taken:' || n, '-', now() from generate_series(1, $2) n`,
    [id, NOTES_MOST - 2],
  );
  const since = blockedSince(notes);
  await since.stands('old');
  const young = await since.stands('young');
  await notes.write('taken:last', TAKEN);
  expect(await since.at('old')).toBeUndefined();
  expect(await since.stands('young')).toBe(young);
  await notes.write('taken:last', 'changed in place');
  expect(await since.at('young')).toBe(young);
  await since.forget('young');
  await notes.write('taken:more', TAKEN);
  await expect(notes.write('taken:too many', TAKEN)).rejects.toMatchObject({ code: 'connector.refused' });
  expect(await rowsOf(id)).toHaveLength(NOTES_MOST);
});
