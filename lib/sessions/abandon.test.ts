import { afterEach, expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { abandon } from '@/lib/sessions/abandon';
import { list } from '@/lib/sessions/list';
import { setAbandoned } from '@/lib/sessions/set-abandoned';
import { show } from '@/lib/sessions/show';
import { showAbandoned } from '@/lib/sessions/show-abandoned';

testDatabase();
afterEach(() => clock.set());
const admin = { actor: { kind: 'operator' as const, id: newId(), name: 'Ada', role: 'admin' as const } };
const viewer = { actor: { kind: 'operator' as const, id: newId(), name: 'Vi', role: 'viewer' as const } };
const T0 = Date.parse('2026-05-04T08:00:00Z');
const at = (minutes: number) => clock.set(() => T0 + minutes * 60_000);
const sweep = () => abandon(systemCtx('sweep'));

async function session(kind: string, over: object = {}): Promise<string> {
  const [id, identityId] = [newId(), newId()];
  await prisma().identity.create({ data: { id: identityId, name: kind, externalId: id, kind: 'service_account' } });
  await prisma().session.create({
    data: {
      id,
      identityId,
      source: 'okta',
      observedBy: 'native',
      groupKey: id,
      kind,
      label: kind,
      startedAt: new Date(T0),
      lastEventAt: new Date(T0),
      ...over,
    },
  });
  return id;
}
const flagged = async () => (await list(viewer, { abandoned: true })).items.map((row) => row.kind).sort();

test('what stands open and was left is flagged; what waits by nature is not, and use takes the flag away', async () => {
  const browser = await session('browser');
  await session('agent');
  await session('database');
  await session('api', { consent: { by: 'ada' } });
  await session('tab', { endedAt: new Date(T0), endedBy: 'itself', state: 'ended' });
  at(479);
  expect(await sweep()).toEqual({ flagged: 0, ended: 0 });
  at(481);
  expect(await sweep()).toEqual({ flagged: 3, ended: 0 });
  expect(await flagged()).toEqual(['agent', 'api', 'browser']);
  expect(await sweep()).toEqual({ flagged: 0, ended: 0 });
  await prisma().session.update({ where: { id: browser }, data: { lastEventAt: new Date(T0 + 480 * 60_000) } });
  await sweep();
  expect(await flagged()).toEqual(['agent', 'api']);
  expect(await showAbandoned(viewer)).toMatchObject({ flagged: 2, ended: 0, rule: { endAfterMins: null } });
});

test('where the rule says so they are ended by policy, once, and it is said why; others stay', async () => {
  await expect(setAbandoned(viewer, { afterMins: 5, kinds: [], endAfterMins: null })).rejects.toMatchObject({
    code: 'access.denied',
  });
  await expect(setAbandoned(admin, { afterMins: 60, kinds: [], endAfterMins: 30 })).rejects.toThrow('can’t be shorter');
  await setAbandoned(admin, { afterMins: 480, kinds: ['agent'], endAfterMins: 600, reason: 'policy 7' });
  at(599);
  expect((await sweep()).ended).toBe(0);
  at(601);
  expect((await sweep()).ended).toBe(2);
  expect((await sweep()).ended).toBe(0);
  const [revocation] = await prisma().revocation.findMany({ orderBy: { id: 'asc' } });
  expect(revocation).toMatchObject({
    kind: 'terminate',
    actorKind: 'policy',
    actorName: 'abandoned sessions',
    reason: 'Abandoned: nothing was done in it for 10 hours.',
  });
  expect((await showAbandoned(viewer)).ended).toBe(2);
  const ended = await show(viewer, { id: revocation!.sessionIds[0]! });
  expect(ended.id).toBe(revocation!.sessionIds[0]);
  const audited = await prisma().auditEntry.findFirst({ where: { action: 'session.abandon_rule' } });
  expect(audited).toMatchObject({ reason: 'policy 7' });
});
