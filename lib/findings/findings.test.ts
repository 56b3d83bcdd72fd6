import { beforeEach, describe, expect, test } from 'vitest';
import type { Ctx } from '@/lib/access/model';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { acknowledge } from '@/lib/findings/acknowledge';
import { addNote } from '@/lib/findings/add-note';
import { close } from '@/lib/findings/close';
import { count } from '@/lib/findings/count';
import { create } from '@/lib/findings/create';
import { list } from '@/lib/findings/list';
import type { Found } from '@/lib/findings/model';
import { raise } from '@/lib/findings/raise';
import { scanDecisions } from '@/lib/findings/scan-decisions';
import { show } from '@/lib/findings/show';
import { speed } from '@/lib/findings/speed';
import { suppress } from '@/lib/findings/suppress';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';

testDatabase();
const system = systemCtx('detection');
const analyst: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Ana', role: 'analyst' } };
const viewer: Ctx = { actor: { kind: 'operator', id: newId(), name: 'Vi', role: 'viewer' } };
let identityId: string;

const found = (over: Partial<Found> = {}): Found => ({
  identityId,
  detector: 'structuring',
  cause: 'exposure:x',
  severity: 'medium',
  title: 'Amounts split over 3 sessions',
  summary: 'Split 100% of it',
  reasons: ['because'],
  evidence: { sessions: [newId()], decisions: [], events: [] },
  firstSeenAt: '2026-05-04T10:00:00.000Z',
  lastSeenAt: '2026-05-04T10:05:00.000Z',
  ...over,
});
const put = (...all: Found[]) => transaction((tx) => raise(tx, system, all));
const only = async () => (await list(viewer, { identityId })).items[0]!;

beforeEach(async () => {
  identityId = newId();
  await prisma().identity.create({
    data: { id: identityId, name: `svc-${identityId}`, externalId: identityId, kind: 'service_account' },
  });
});

test('time to detect counts from what completed the pattern, on live evidence only', async () => {
  const none = await speed(viewer);
  const at = (ago: number) => new Date(Date.now() - ago).toISOString();
  const raised = (cause: string, ago: number) => found({ cause, firstSeenAt: at(ago + 60_000), lastSeenAt: at(ago) });
  await put(raised('slow', 9_000), raised('quick', 1_000), raised('imported', 7_200_000));
  // More evidence later is no slower detection.
  await put(found({ cause: 'quick', firstSeenAt: at(61_000), lastSeenAt: at(0) }));
  const { all, detectors } = await speed(viewer);
  expect(all!.count - (none.all?.count ?? 0)).toBe(2);
  const own = detectors.find((one) => one.detector === 'structuring')!;
  expect(own.p50Ms).toBeGreaterThanOrEqual(5_000);
  expect(own.p95Ms).toBeGreaterThanOrEqual(8_600);
});

describe('raise', () => {
  test('the same evidence again changes nothing, more of it adds an occurrence', async () => {
    const first = found();
    expect(await put(first)).toMatchObject({ raised: 1 });
    expect(await put(first)).toMatchObject({ raised: 0, updated: 0, ids: [] });
    expect(await put(found({ severity: 'high', lastSeenAt: '2026-05-04T11:00:00.000Z' }))).toMatchObject({
      updated: 1,
    });
    expect(await only()).toMatchObject({ occurrences: 2, severity: 'high', lastSeenAt: '2026-05-04T11:00:00.000Z' });
    expect((await only()).evidence.sessions).toHaveLength(2);
  });
  test('many at once make one', async () => {
    const first = found();
    const results = await Promise.all(Array.from({ length: 6 }, () => put(first)));
    expect(results.reduce((sum, each) => sum + each.raised, 0)).toBe(1);
    expect((await list(viewer, { identityId })).items).toHaveLength(1);
  });
  test('a closed one stays closed on old evidence and reopens on new', async () => {
    const first = found();
    const [id] = (await put(first)).ids;
    await close(analyst, { id: id!, disposition: 'benign', reason: 'a known batch' });
    await put(first);
    expect(await only()).toMatchObject({ state: 'closed', disposition: 'benign', stateBy: 'Ana' });
    expect((await list(viewer, { identityId, disposition: 'benign' })).items).toHaveLength(1);
    expect((await list(viewer, { identityId, disposition: 'hijack' })).items).toEqual([]);
    expect(await put(found())).toMatchObject({ reopened: 1 });
    expect(await only()).toMatchObject({ state: 'open', disposition: null });
    const actions = await prisma().auditEntry.findMany({ where: { targetId: id! }, orderBy: { id: 'asc' } });
    expect(actions.map((entry) => entry.action)).toEqual(['finding.raise', 'finding.close', 'finding.reopen']);
  });
  test('a suppression holds until its end, with an owner and a reason', async () => {
    const [id] = (await put(found())).ids;
    const until = new Date(clock.ms() + 3_600_000).toISOString();
    await suppress(analyst, { id: id!, owner: 'payments', reason: 'migration week', until });
    await put(found());
    expect(await only()).toMatchObject({ state: 'suppressed', occurrences: 2, suppressOwner: 'payments' });
    clock.set(() => Date.now() + 3_700_000);
    try {
      await scanDecisions(system);
    } finally {
      clock.set();
    }
    expect(await only()).toMatchObject({ state: 'open', suppressUntil: null });
  });
});

describe('verbs', () => {
  test('a viewer changes nothing', async () => {
    const [id] = (await put(found())).ids;
    await expect(acknowledge(viewer, { id: id! })).rejects.toMatchObject({ code: 'access.denied' });
    await expect(addNote(viewer, { id: id!, body: 'x' })).rejects.toMatchObject({ code: 'access.denied' });
    expect(await only()).toMatchObject({ state: 'open' });
  });
  test('a change that is already made is a conflict; what is not there is not found', async () => {
    const [id] = (await put(found())).ids;
    await acknowledge(analyst, { id: id! });
    await expect(acknowledge(analyst, { id: id! })).rejects.toMatchObject({ code: 'conflict' });
    await expect(acknowledge(analyst, { id: newId() })).rejects.toMatchObject({ code: 'not_found' });
  });
  test('a suppression without an end ahead is refused', async () => {
    const [id] = (await put(found())).ids;
    const input = { id: id!, owner: 'me', reason: 'noise', until: '2020-01-01T00:00:00Z' };
    await expect(suppress(analyst, input)).rejects.toMatchObject({ code: 'input.invalid' });
  });
  test('an analyst writes one down, with a note', async () => {
    const { id } = await create(analyst, { identityId, severity: 'low', title: 'Odd hours', summary: '' });
    await addNote(analyst, { id, body: 'Asked the owner.' });
    expect(await show(viewer, { id })).toMatchObject({
      detector: 'manual',
      notes: [{ body: 'Asked the owner.', authorName: 'Ana' }],
    });
  });
  test('lists page without gaps or repeats, and find what is typed, wildcards included', async () => {
    for (let n = 0; n < 7; n += 1) await put(found({ cause: `c${n}`, lastSeenAt: '2026-05-04T10:05:00.000Z' }));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(viewer, { identityId, limit: 3, cursor });
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(new Set(seen).size).toBe(7);
    expect(seen).toHaveLength(7);
    expect((await list(viewer, { identityId, q: '100%' })).items).toHaveLength(7);
    expect((await list(viewer, { identityId, q: '100%%' })).items).toHaveLength(0);
    await expect(list(viewer, { cursor: 'bm9wZQ' })).rejects.toMatchObject({ code: 'input.invalid' });
    expect((await count(viewer)).open).toBeGreaterThanOrEqual(7);
  });
  test('the most urgent first: what is open before the rest, the gravest before the latest, page by page', async () => {
    const at = (minute: number) => `2026-05-04T10:0${minute}:00.000Z`;
    const one = (cause: string, severity: 'low' | 'high' | 'critical', minute: number) =>
      put(found({ cause, severity, lastSeenAt: at(minute) }));
    await one('late and low', 'low', 9);
    await one('early and critical', 'critical', 1);
    await one('high, early', 'high', 2);
    await one('high, late', 'high', 3);
    const closed = (await one('critical, closed', 'critical', 8)).ids[0]!;
    await close(analyst, { id: closed, disposition: 'benign', reason: 'known to us' });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(viewer, { identityId, order: 'urgency', limit: 2, cursor });
      seen.push(...page.items.map((item) => `${item.severity} ${item.state} ${item.lastSeenAt.slice(15, 16)}`));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual(['critical open 1', 'high open 3', 'high open 2', 'low open 9', 'critical closed 8']);
  });
});
