import { describe, expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { discover } from '@/lib/identities/discover';
import { list } from '@/lib/identities/list';
import { listMerges } from '@/lib/identities/list-merges';
import { merge } from '@/lib/identities/merge';
import { show } from '@/lib/identities/show';
import { unmerge } from '@/lib/identities/unmerge';
import { newId } from '@/lib/platform/ids';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';
import { create } from '@/lib/workflows/create';
import { remove } from '@/lib/workflows/remove';

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

test('who is merged works for the workflows of both, and undone each for its own', async () => {
  const [a, b] = [await known('aws', 'svc-wa'), await known('okta', 'svc-wb')];
  const [both, one] = [
    await create(ctx, { name: 'both', identityIds: [a, b] }),
    await create(ctx, { name: 'one', identityIds: [b] }),
  ];
  const of = async (id: string) => (await show(ctx, { id })).workflows.map((row) => row.name);
  const { id } = await merge(ctx, { id: a, fromId: b, reason: 'same robot' });
  expect([await of(a), await of(b)]).toEqual([['both', 'one'], []]);
  await unmerge(ctx, { id, reason: 'not the same' });
  expect([await of(a), await of(b)]).toEqual([['both'], ['both', 'one']]);
  for (const workflow of [both, one]) await remove(ctx, { id: workflow.id, reason: 'test is over' });
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

describe('what its names open while two are merged', () => {
  const T0 = Date.UTC(2026, 4, 4, 10);
  const event = (
    eventId: string,
    who: string,
    secs: number,
    over: Partial<SessionEventInput> = {},
  ): SessionEventInput => ({
    source: 'mlog',
    eventId,
    at: new Date(T0 + secs * 1000).toISOString(),
    identity: { issuer: 'mlog', type: 'role', externalId: who, name: who, kind: 'service_account' },
    session: { key: `k ${who}`, kind: 'api', label: who, phase: 'seen', gapSecs: 1800 },
    credential: { externalId: `key of ${who}`, kind: 'access_key' },
    action: 'read',
    class: 'read',
    outcome: 'success',
    network: '198.51.100.7',
    region: null,
    agent: null,
    resource: null,
    attributes: {},
    ...over,
  });
  const idOf = async (who: string) => known('mlog', who);
  const eventsOf = async (identityId: string) =>
    (await prisma().sessionEvent.findMany({ where: { identityId }, orderBy: { at: 'asc' } })).map((row) => row.eventId);

  test('goes back with it when they are split, and what hangs on it; the other one keeps its own', async () => {
    const [a, b] = [await idOf('u-a'), await idOf('u-b')];
    const { id } = await merge(ctx, { id: a, fromId: b, reason: 'same robot' });
    await ingest([
      [event('a1', 'u-a', 0), event('b1', 'u-b', 10), event('b2', 'u-b', 20)],
      [
        event('b3', 'u-b', 9000, { minted: [{ externalId: 'child', kind: 'token', how: 'role_chain' }] }),
        event('b4', 'u-b', 9010, { session: null }),
      ],
    ]);
    expect(await eventsOf(a)).toEqual(['a1', 'b1', 'b2', 'b3', 'b4']);
    const of = async (identityId: string) =>
      prisma().session.findMany({ where: { identityId, source: 'mlog' }, orderBy: { startedAt: 'asc' } });
    const opened = (await of(a)).filter((row) => row.groupKey === 'k u-b');
    const finding = async (detector: string, sessions: string[]) => {
      const found = newId();
      await prisma().finding.create({
        data: {
          id: found,
          identityId: a,
          detector,
          cause: 'c',
          severity: 'low',
          title: 't',
          summary: 's',
          evidence: { sessions },
          firstSeenAt: new Date(),
          lastSeenAt: new Date(),
        },
      });
      return found;
    };
    const own = await finding('travel', [opened[0]!.id]);
    const both = await finding('replay', [opened[0]!.id, (await of(a))[0]!.id]);

    await unmerge(ctx, { id, reason: 'not the same' });
    expect([await eventsOf(a), await eventsOf(b)]).toEqual([['a1'], ['b1', 'b2', 'b3', 'b4']]);
    expect((await of(a)).map((row) => row.groupKey)).toEqual(['k u-a']);
    const back = await of(b);
    expect(back.map((row) => row.id)).toEqual(opened.map((row) => row.id));
    const key = await prisma().credential.findMany({ where: { identityId: b, source: 'mlog' } });
    expect(key.map((row) => row.externalId)).toEqual(['key of u-b']);
    expect(back.map((row) => row.credentialId)).toEqual([key[0]!.id, key[0]!.id]);
    const bearer = async (found: string) =>
      (await prisma().finding.findUniqueOrThrow({ where: { id: found } })).identityId;
    expect([await bearer(own), await bearer(both)]).toEqual([b, a]);
    expect((await prisma().mint.findFirstOrThrow({ where: { externalId: 'child' } })).identityId).toBe(b);
    expect(await prisma().envelope.findUnique({ where: { identityId: b } })).toMatchObject({
      pendingFrom: new Date(T0 + 10_000),
    });
    const [audited] = await prisma().auditEntry.findMany({ where: { targetId: a, action: 'identity.unmerge' } });
    expect(audited!.detail).toMatchObject({ sessions: 2, findings: [own] });

    await ingest([[event('b5', 'u-b', 9020)]]);
    expect(await eventsOf(b)).toEqual(['b1', 'b2', 'b3', 'b4', 'b5']);
    expect((await of(b)).map((row) => row.eventCount)).toEqual([2, 2]);
  });

  test('a session in which both were told is whose name began it', async () => {
    const [a, b] = [await idOf('w-a'), await idOf('w-b')];
    const { id } = await merge(ctx, { id: a, fromId: b, reason: 'same robot' });
    const under = (key: string) => ({
      session: { key, kind: 'api' as const, label: key, phase: 'seen' as const, gapSecs: 1800 },
    });
    await ingest([
      [event('1', 'w-a', 0, under('of a')), event('2', 'w-b', 10, under('of a'))],
      [event('3', 'w-b', 0.5, under('of b')), event('4', 'w-a', 20, under('of b'))],
    ]);
    await unmerge(ctx, { id, reason: 'not the same' });
    const of = async (identityId: string) =>
      (await prisma().session.findMany({ where: { identityId, source: 'mlog' } })).map((row) => [
        row.groupKey,
        row.eventCount,
      ]);
    expect([await of(a), await of(b)]).toEqual([[['of a', 2]], [['of b', 2]]]);
    expect([await eventsOf(a), await eventsOf(b)]).toEqual([
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('and so do sessions that its connector listed and that callers declared under its name', async () => {
    const connectorId = newId();
    const [a, b] = [await known(`connector:${connectorId}`, 'n-a'), await known(`connector:${connectorId}`, 'n-b')];
    await known('tenant', 'n-a');
    const { id } = await merge(ctx, { id: a, fromId: b, reason: 'same robot' });
    const listed = (externalIdentityId: string) => session(a, { connectorId, native: { externalIdentityId } });
    const declared = (name: string) =>
      session(a, { observedBy: 'declared', source: 'pdp', groupKey: JSON.stringify(['idp', 'role', name, newId()]) });
    await prisma().identityAlias.create({
      data: { issuer: 'idp', type: 'role', externalId: 'n-b', identityId: b, reason: 'seen' },
    });
    const mine = [await listed('n-b'), await declared('n-b')];
    const others = [await listed('n-a'), await declared('n-a'), await session(a, { observedBy: 'declared' })];
    await unmerge(ctx, { id, reason: 'not the same' });
    expect(await Promise.all(mine.map(whose))).toEqual([b, b]);
    expect(await Promise.all(others.map(whose))).toEqual([a, a, a]);
  });
});
