import { beforeAll, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { REUSE_DAYS } from '@/lib/sessions/reuse-model';
import { showReuse } from '@/lib/sessions/show-reuse';

testDatabase();
const ctx: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const DAY = 86_400_000;
const LONG = `AKIA${'x'.repeat(90)}`;
let mine: string;
let theirs: string;

const identity = async (name: string): Promise<string> =>
  (await prisma().identity.create({ data: { id: newId(), name, kind: 'service_account', externalId: name } })).id;

async function session(identityId: string, more: object): Promise<void> {
  const at = new Date(clock.ms() - DAY);
  const id = newId();
  const ended = { endedAt: at, state: 'ended', endedBy: 'itself' };
  await prisma().session.create({
    data: {
      id,
      identityId,
      label: id,
      groupKey: id,
      source: 'aws',
      observedBy: 'native',
      startedAt: at,
      lastEventAt: at,
      ...ended,
      ...more,
    },
  });
}

beforeAll(async () => {
  mine = await identity('deploy');
  theirs = await identity('backup');
  const live = { endedAt: null, state: 'live', endedBy: null };
  await session(mine, { key: 'shared', agent: 'terraform', network: '10.0.0.1', scope: 'read', ...live });
  await session(mine, { key: 'shared', agent: 'terraform', network: '10.0.0.2', scope: 'write' });
  await session(mine, { key: 'shared', agent: 'boto3', network: '10.0.0.1' });
  await session(theirs, { key: 'shared', agent: 'restic', source: 'vault', network: '10.9.9.9', scope: 'read' });
  await session(mine, { key: 'own', agent: 'terraform' });
  await session(mine, { key: LONG, agent: 'terraform' });
  await session(theirs, { key: `${LONG}y`, agent: 'restic' });
  await session(theirs, { key: 'nothing to do with it', agent: 'restic' });
  await session(mine, { key: 'long ago', lastEventAt: new Date(clock.ms() - (REUSE_DAYS + 1) * DAY) });
  await session(mine, { agent: 'no credential named' });
});

test('a credential tells everybody who was seen with it, and what they may between them', async () => {
  const { items } = await showReuse(ctx, { id: mine });
  expect(items.map(({ key, reused }) => [key, reused])).toEqual([
    ['shared', true],
    expect.anything(),
    expect.anything(),
  ]);
  expect(items[0]).toMatchObject({
    identities: 2,
    tools: 3,
    systems: 2,
    networks: 3,
    sessions: 4,
    live: 1,
    scopes: ['read', 'write'],
  });
  expect(
    items[0]!.uses.map(({ identityName, tool, source, sessions, live, networks }) => [
      identityName,
      tool,
      source,
      sessions,
      live,
      networks,
    ]),
  ).toEqual(
    expect.arrayContaining([
      ['deploy', 'terraform', 'aws', 2, 1, 2],
      ['deploy', 'boto3', 'aws', 1, 0, 1],
      ['backup', 'restic', 'vault', 1, 0, 1],
    ]),
  );
  expect(items[0]!.uses).toHaveLength(3);
});

test('one that begins like another is not it; what was long ago or names no credential is not told', async () => {
  const { items } = await showReuse(ctx, { id: mine });
  expect(items.map(({ key }) => key).sort()).toEqual([LONG, 'own', 'shared'].sort());
  expect(items.find(({ key }) => key === LONG)).toMatchObject({ reused: false, sessions: 1, identities: 1 });
  expect((await showReuse(ctx, { id: theirs })).items.find(({ key }) => key === 'shared')).toMatchObject({
    reused: true,
    sessions: 4,
  });
});
