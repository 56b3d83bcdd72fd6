// Stored history, the scan that follows it, and hunts through it, on a real database.
import { describe, expect, test } from 'vitest';
import { type Ctx, systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { EVENT_DETECTORS } from '@/lib/findings/detect';
import { DETECTORS } from '@/lib/findings/model';
import { scanEvents } from '@/lib/findings/scan-events';
import { showUsual } from '@/lib/findings/show-usual';
import { hunt } from '@/lib/hunts/hunt';
import { NOT_HUNTED } from '@/lib/hunts/hunted-model';
import { runHunt } from '@/lib/hunts/run-hunt';
import { show } from '@/lib/hunts/show';
import { start } from '@/lib/hunts/start';
import { stop } from '@/lib/hunts/stop';
import { hold } from '@/lib/lanes/hold';
import { list as listLanes } from '@/lib/lanes/list';
import { newId } from '@/lib/platform/ids';
import { ingest } from '@/lib/sessions/ingest';
import type { SessionEventInput } from '@/lib/sessions/model';

testDatabase();
const admin: Ctx = { actor: { kind: 'cli', name: 'cli:test' } };
const system = systemCtx('detection');
const START = Date.UTC(2026, 4, 4, 10);
const MINUTE = 60_000;
const DAY = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();
let serial = 0;

type Over = Partial<Omit<SessionEventInput, 'identity' | 'session' | 'credential' | 'at'>> & {
  session?: string | null;
  key?: string;
};
const event = (who: string, at: number, { session = `${who} 1`, key, ...over }: Over = {}): SessionEventInput => ({
  source: 'bench',
  eventId: `e${++serial}`,
  identity: { issuer: 'bench', type: 'account', externalId: who, name: who, kind: 'service_account' },
  action: 'orders.get',
  class: 'read',
  outcome: 'success',
  network: '52.16.1.1',
  region: null,
  agent: 'worker',
  resource: null,
  attributes: {},
  ...over,
  at: iso(at),
  session: session === null ? null : { key: session, kind: 'api', label: session, phase: 'seen', gapSecs: 1800 },
  credential: key ? { externalId: key, kind: 'token' } : null,
});
const idOf = async (who: string) => (await prisma().identity.findFirstOrThrow({ where: { name: who } })).id;
const found = async (who: string) =>
  (await prisma().finding.findMany({ where: { identityId: await idOf(who) } })).map((one) => one.detector);
const deleted = (who: string, key: string, at: number) =>
  event(who, at, {
    session: `${who} 1`,
    class: 'change',
    action: 'key.delete',
    life: { of: 'credential', what: 'deleted', externalId: key },
  });

describe('the scan', () => {
  test('what another identity ended is seen, whichever of the two came in first', async () => {
    const use = [event('late', START, { key: 'k-late' }), event('late', START + 9 * MINUTE, { key: 'k-late' })];
    await ingest([use]);
    expect(await scanEvents(system)).toMatchObject({ raised: 0 });
    await ingest([[deleted('admin', 'k-late', START + 5 * MINUTE)]]);
    await scanEvents(system);
    expect(await found('late')).toEqual(['survival']);
    await ingest([[event('early', START, { key: 'k-early' }), deleted('admin', 'k-early', START + 5 * MINUTE)]]);
    await scanEvents(system);
    await ingest([[event('early', START + 9 * MINUTE, { key: 'k-early' })]]);
    await scanEvents(system);
    expect(await found('early')).toEqual(['survival']);
  });
  test('the same again changes nothing', async () => {
    await prisma()
      .$executeRaw`update envelopes set pending_from = ${new Date(START)}, pending_to = ${new Date(START + DAY)}`;
    expect(await scanEvents(system)).toEqual({ raised: 0, reopened: 0, updated: 0, ids: [] });
    await scanEvents(system); // whose things others ended, as the first told
    expect(await prisma().envelope.count({ where: { pendingFrom: { not: null } } })).toBe(0);
  });
  test('what is usual is learned once, and shown', async () => {
    const days = Array.from({ length: 6 * 24 }, (_, n) =>
      event('plain', START - 6 * DAY + n * 60 * MINUTE, { session: `p ${n}` }),
    );
    await ingest([days]);
    await scanEvents(system);
    const id = await idOf('plain');
    const usual = await showUsual(admin, { id });
    expect(usual).toMatchObject({
      learned: true,
      peak: 1,
      strangeFrom: 3,
      agents: [{ name: 'worker', share: 1 }],
      sessions: 144,
    });
    await ingest([
      [
        event('plain', START + MINUTE, {
          session: 'p new',
          network: '185.1.1.1',
          agent: 'curl',
          action: 'iam:CreateAccessKey',
          class: 'change',
        }),
      ],
    ]);
    await scanEvents(system);
    expect(await found('plain')).toEqual(['unusual-action', 'unusual-place']);
    expect((await showUsual(admin, { id })).agents).toEqual(usual.agents);
  });
});

test('a dark session is told though nothing came in of it', async () => {
  const identity = await prisma().identity.create({
    data: { id: newId(), name: 'quiet', externalId: 'quiet', kind: 'workload' },
  });
  const at = new Date(START - 20 * DAY);
  await prisma().session.create({
    data: {
      id: newId(),
      identityId: identity.id,
      connectorId: newId(),
      source: 'postgres',
      observedBy: 'native',
      groupKey: 'q',
      label: 'q',
      startedAt: at,
      lastEventAt: at,
      dark: true,
    },
  });
  expect(await scanEvents(system)).toMatchObject({ raised: 1 });
  expect(await found('quiet')).toEqual(['dark-session']);
  expect(await scanEvents(system)).toMatchObject({ raised: 0, updated: 0 });
});

describe('hunts', () => {
  const period = { from: iso(START - DAY), to: iso(START + DAY) };
  test('dry: what it would have raised, and what stands already', async () => {
    const before = await prisma().finding.count();
    const result = await hunt(admin, period);
    expect(result.found.map((one) => [one.identityName, one.detector, one.known]).sort()).toEqual([
      ['early', 'survival', true],
      ['late', 'survival', true],
      ['plain', 'unusual-action', true],
      ['plain', 'unusual-place', true],
    ]);
    expect(await prisma().finding.count()).toBe(before);
  });
  test('raising, one detector only, as a job with progress', async () => {
    await prisma().finding.deleteMany();
    const { id } = await start(admin, { ...period, detectors: ['survival'], raises: true });
    await runHunt({ huntId: id }, new AbortController().signal);
    expect(await show(admin, { id })).toMatchObject({
      state: 'done',
      progress: { found: 2, identities: 4, identitiesTotal: 4 },
    });
    expect(await found('late')).toEqual(['survival']);
    expect(await found('plain')).toEqual([]);
  });
  test('what a hunt does not read is refused by name, not answered with nothing', async () => {
    for (const detector of ['concurrency-limit', 'limit-crossed', 'weak-setup'] as const) {
      await expect(hunt(admin, { ...period, detectors: ['survival', detector] })).rejects.toThrow(detector);
      await expect(start(admin, { ...period, detectors: [detector] })).rejects.toThrow(detector);
    }
    const read = new Set([...Object.keys(EVENT_DETECTORS), 'dead-token', ...Object.keys(NOT_HUNTED)]);
    expect(Object.keys(DETECTORS).filter((name) => !read.has(name))).toEqual([]);
    expect(Object.keys(NOT_HUNTED).filter((name) => name in EVENT_DETECTORS)).toEqual([]);
  });
  test('what Braid did itself in a drill is left out, also when it is raised', async () => {
    await prisma().finding.deleteMany();
    const identityId = await idOf('late');
    const drill = await prisma().drill.create({
      data: {
        id: newId(),
        identityId,
        connectorId: newId(),
        canary: 'canary',
        method: 'entry',
        asked: 'operator',
        actorName: 'cli:test',
        startedAt: new Date(START - MINUTE),
        endedAt: new Date(START + 20 * MINUTE),
      },
    });
    const { found: seen } = await hunt(admin, { ...period, identityId, raises: true });
    expect(seen).toEqual([]);
    expect(await found('late')).toEqual([]);
    await prisma().drill.delete({ where: { id: drill.id } });
  });
  test('stopped before it ran, it finds nothing', async () => {
    const { id } = await start(admin, period);
    await stop(admin, { id });
    await runHunt({ huntId: id }, new AbortController().signal);
    expect(await show(admin, { id })).toMatchObject({ state: 'stopped', found: [] });
    await expect(stop(admin, { id })).rejects.toThrow('over already');
  });
  test('one runs at a time, and nobody has more than three that are not over', async () => {
    const ids = [await start(admin, period), await start(admin, period), await start(admin, period)];
    await expect(start(admin, period)).rejects.toThrow('3 hunts');
    const jobs = await prisma().$queryRaw<
      { q: string }[]
    >`select distinct queue_name as q from graphile_worker.jobs where key = ${`hunt:${ids[0]!.id}`}`;
    expect(jobs).toEqual([{ q: 'hunts' }]);
    for (const { id } of ids) await stop(admin, { id });
    await stop(admin, await start(admin, period));
  });
  test('what it found so far goes with its progress', async () => {
    const told: number[] = [];
    const { found: all } = await hunt(admin, period, { onProgress: (_, kept) => void told.push(kept.length) });
    expect([told.length > 1, told.at(-1)]).toEqual([true, all.length]);
  });
  test('a period that has not begun, or is longer than a year, is refused', async () => {
    await expect(hunt(admin, { from: iso(START), to: iso(START - 1) })).rejects.toThrow('period');
    await expect(hunt(admin, { from: iso(START - 400 * DAY), to: iso(START) })).rejects.toThrow('period');
  });
});

describe('lanes', () => {
  test('the hand that came from elsewhere is one of its own, and stays whose an analyst said it is', async () => {
    const acts = (session: string, over: Over) =>
      [0, 1, 2, 3].map((n) =>
        event('shared', START + (session === 'own' ? 0 : 1000) + n * MINUTE, { session, ...over }),
      );
    await ingest([
      [...acts('own', {}), ...acts('other', { network: '185.1.1.1', agent: 'curl', action: 'secrets.get' })],
    ]);
    const id = await idOf('shared');
    const { lanes, concurrent } = await listLanes(admin, { id });
    expect(lanes.map((lane) => [lane.agent, lane.unlike, lane.events, lane.held])).toEqual([
      ['worker', 1, 4, 'unknown'],
      ['curl', 1, 4, 'unknown'],
    ]);
    expect(concurrent).toBe(2);
    const { fingerprint } = lanes[1]!;
    await hold(admin, { identityId: id, fingerprint, name: 'from elsewhere', held: 'attacker' });
    await ingest([[event('shared', START + 9 * MINUTE, { session: 'other', network: '185.1.1.1', agent: 'curl' })]]);
    expect((await listLanes(admin, { id })).lanes[1]).toMatchObject({
      fingerprint,
      name: 'from elsewhere',
      held: 'attacker',
      byName: 'cli:test',
    });
    expect(await prisma().auditEntry.count({ where: { action: 'lane.hold', targetId: id } })).toBe(1);
  });
});
