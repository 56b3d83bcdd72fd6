// One action over many, on a real PostgreSQL: what is taken, what is left out and why, and that a dry run changes nothing.
import { expect, test } from 'vitest';
import { createToken } from '@/lib/access/create-token';
import type { Ctx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { agree } from '@/lib/responses/agree';
import { cancel } from '@/lib/responses/cancel';
import { list as listResponses } from '@/lib/responses/list';
import { usualGuardrails } from '@/lib/responses/model';
import { propose } from '@/lib/responses/propose';
import { setGuardrails } from '@/lib/responses/set-guardrails';
import { showGuardrails } from '@/lib/responses/show-guardrails';
import { takeBackLost } from '@/lib/responses/take-back-lost';
import { bulk } from '@/lib/revocations/bulk';
import { predictHits } from '@/lib/revocations/predict-hits';
import { previewBulk } from '@/lib/revocations/preview-bulk';
import { progress } from '@/lib/revocations/progress';
import { request } from '@/lib/revocations/request';
import { asUsual } from '@/lib/server/testing-guardrails';
import {
  account,
  backends,
  ctx,
  live,
  login,
  reached,
  respondWorld,
  until,
  viewer,
  why,
  world,
} from '@/lib/server/testing-respond';

testDatabase();
respondWorld();

const other = { actor: { kind: 'operator' as const, id: newId(), name: 'Sam Second', role: 'responder' as const } };

test('many identities at once: what can be ended is, the rest is left out and told why', async () => {
  const [a, b, c] = [await account('many_a', 2), await account('many_b'), await account('many_c')];
  await prisma().identity.update({ where: { id: c.id }, data: { protected: true } });
  const gone = newId();
  const identityIds = [a.id, b.id, c.id, gone];
  const plan = await previewBulk(viewer, { kind: 'revoke', identityIds });
  expect(plan).toMatchObject({
    eligible: 2,
    skipped: 2,
    radius: { identities: 2, sessions: 3, systems: 1 },
    second: null,
  });
  expect(plan.rows.map((row) => row.why?.slice(0, 9) ?? null)).toEqual([null, null, 'protected', 'there is ']);

  const dry = await bulk(ctx, { kind: 'revoke', identityIds, dryRun: true, reason: 'drill' });
  expect(dry).toMatchObject({ dryRun: true, eligible: 2, revocationIds: [] });
  expect(await prisma().revocation.count({ where: { identityId: { in: [a.id, b.id] } } })).toBe(0);
  expect(await backends(a.role)).toBe(2);
  const told = await prisma().auditEntry.findMany({ where: { action: 'identity.revoke_dry_run' } });
  expect(told).toHaveLength(1);
  expect(told[0]!.detail).toMatchObject({ dryRun: true, eligible: [a.id, b.id] });

  const done = await bulk(ctx, { kind: 'revoke', identityIds, ...why });
  expect(done).toMatchObject({ eligible: 2, skipped: 2 });
  for (const id of done.revocationIds) await reached(id, 'verified');
  expect(await progress(ctx, { ids: done.revocationIds })).toMatchObject({ total: 2, settled: 2 });
  expect([await backends(a.role), await backends(b.role), await backends(c.role)]).toEqual([0, 0, 1]);

  const again = await bulk(ctx, { kind: 'revoke', identityIds: [a.id], ...why });
  expect(again.rows[0]).toMatchObject({ eligible: false, why: 'already revoked' });
});

test('sessions of several identities end in one action; one that is over is left out', async () => {
  const [a, b] = [await account('mix_a', 2), await account('mix_b')];
  const [first, second] = await live(a.id);
  const [third] = await live(b.id);
  await reached((await request(ctx, { kind: 'terminate', sessionIds: [second!.id], ...why })).revocationId, 'verified');
  const done = await bulk(ctx, { kind: 'terminate', sessionIds: [first!.id, second!.id, third!.id], ...why });
  expect(done.rows.map((row) => [row.eligible, row.why])).toEqual([
    [true, null],
    [false, 'already ended'],
    [true, null],
  ]);
  expect(done.revocationIds).toHaveLength(2);
  for (const id of done.revocationIds) await reached(id, 'verified');
  expect([await backends(a.role), await backends(b.role)]).toEqual([0, 0]);
});

test('nobody without the right may even try it dry', async () => {
  const { id } = await account('denied');
  await expect(bulk(viewer, { kind: 'pause', identityIds: [id], dryRun: true })).rejects.toMatchObject({
    code: 'access.denied',
  });
});

test('beyond the bound two have to agree, and nobody with themselves; one identity at a time is no way around it', async () => {
  const all = [await account('far_a'), await account('far_b'), await account('far_c')];
  const identityIds = all.map((one) => one.id);
  await setGuardrails(ctx, { ...usualGuardrails(), second: { identities: 2, sessions: null, systems: null } });
  try {
    const alone = { actor: { ...other.actor, id: newId(), name: 'Ann Alone' } };
    await expect(bulk(alone, { kind: 'pause', identityIds, ...why })).rejects.toMatchObject({
      code: 'response.second_operator',
    });
    for (const id of identityIds.slice(0, 2)) await request(alone, { kind: 'pause', identityId: id, ...why });
    await expect(request(alone, { kind: 'pause', identityId: identityIds[2]!, ...why })).rejects.toMatchObject({
      code: 'response.second_operator',
    });
    expect((await bulk(alone, { kind: 'pause', identityIds, dryRun: true })).second).toContain('second operator');

    const asked = await propose(alone, { kind: 'revoke', identityIds, ...why });
    // Clicked twice it is asked for once, also at the same moment and in another order.
    const same = { kind: 'revoke' as const, identityIds: [...identityIds].reverse(), ...why };
    const twice = await Promise.all([propose(alone, same), propose(alone, same)]);
    expect(twice.map((one) => one.id)).toEqual([asked.id, asked.id]);
    expect(twice[0]!.warning).toMatch(/^You have asked for this already/);
    expect((await listResponses(ctx, { state: 'open' })).items).toMatchObject([
      {
        id: asked.id,
        state: 'proposed',
        identityNames: all.map(() => expect.stringContaining('far_')),
        notYours: null,
      },
    ]);
    expect(asked).toMatchObject({ mayAgree: 0, warning: expect.stringContaining('no other operator') });
    const [own] = (await listResponses(alone, { state: 'open' })).items;
    expect(own!.notYours).toContain('You asked for this');
    await expect(agree(alone, { id: asked.id })).rejects.toMatchObject({ code: 'approval.own' });
    const both = await Promise.allSettled([agree(other, { id: asked.id }), agree(other, { id: asked.id })]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const row = await until(async () => {
      const [now] = (await listResponses(ctx, {})).items;
      return now!.revocationIds.length === 3 && now;
    });
    expect(row).toMatchObject({ state: 'done', decidedBy: 'Sam Second', askedBy: 'Ann Alone' });
    for (const id of row.revocationIds) await reached(id, 'verified');
    const identity = await prisma().identity.findUnique({ where: { id: identityIds[0]! } });
    expect(identity).toMatchObject({ state: 'revoked', stateChangedBy: 'Sam Second' });
  } finally {
    await asUsual();
  }
});

test('many at the same time are one large one: the bound is not outrun', async () => {
  const all = [await account('race_a'), await account('race_b'), await account('race_c'), await account('race_d')];
  await setGuardrails(ctx, { ...usualGuardrails(), second: { identities: 2, sessions: null, systems: null } });
  try {
    const fast = { actor: { ...other.actor, id: newId(), name: 'Flo Fast' } };
    const done = await Promise.allSettled(
      all.map((one) => request(fast, { kind: 'pause', identityId: one.id, ...why })),
    );
    expect(done.filter((one) => one.status === 'fulfilled')).toHaveLength(2);
    const twice = { actor: { ...other.actor, id: newId(), name: 'Tia Twice' } };
    const halves = [all.slice(0, 2), all.slice(2)].map((some) => some.map((one) => one.id));
    await Promise.all(halves.map((identityIds) => bulk(twice, { kind: 'revoke', identityIds, ...why })));
    expect(await prisma().identity.count({ where: { id: { in: halves.flat() }, state: 'revoked' } })).toBe(2);
  } finally {
    await asUsual();
  }
});

test('acts of one operator count together, by whichever token they come', async () => {
  const all = await Promise.all(['tok_a', 'tok_b', 'tok_c', 'tok_d'].map((name) => account(name)));
  await setGuardrails(ctx, { ...usualGuardrails(), second: { identities: 2, sessions: null, systems: null } });
  try {
    const maker = { actor: { ...other.actor, id: newId(), name: 'Mia Maker', role: 'admin' as const } };
    const token = async (by: Ctx, name: string): Promise<Ctx> => {
      const { id } = await createToken(by, { name, scopes: ['admin'] });
      return { actor: { kind: 'token', id, name, scopes: ['admin'], issuer: 'default' } };
    };
    const first = await token(maker, 'first');
    // A token made by a token is still their maker's.
    const askers = [maker, first, await token(first, 'second'), await token(maker, 'third')];
    const done = await Promise.allSettled(
      all.map((one, at) => request(askers[at]!, { kind: 'pause', identityId: one.id, ...why })),
    );
    expect(done.filter((one) => one.status === 'fulfilled')).toHaveLength(2);
    const somebody = { actor: { ...other.actor, id: newId(), name: 'Nia Next' } };
    const left = all[done.findIndex((one) => one.status === 'rejected')]!;
    await request(somebody, { kind: 'pause', identityId: left.id, ...why });
  } finally {
    await asUsual();
  }
});

test('where two have to agree nobody lifts a bound alone; what bounds more holds at once', async () => {
  const first = { ...usualGuardrails(), never: ['svc-core'], second: { identities: 5, sessions: null, systems: 3 } };
  expect(await setGuardrails(ctx, first)).toMatchObject({ ...first, waiting: null });
  try {
    const asked = {
      ...first,
      capPerHour: 5,
      capPerIdentity: 50,
      never: ['svc-other'],
      second: { identities: null, sessions: 10, systems: 3 },
    };
    const set = await setGuardrails(ctx, asked);
    const holds = {
      ...first,
      capPerHour: 5,
      never: ['svc-core', 'svc-other'],
      second: { identities: 5, sessions: 10, systems: 3 },
    };
    expect(await showGuardrails(ctx)).toEqual(holds);
    expect(set).toMatchObject({ ...holds, waiting: { what: expect.stringContaining('“svc-core” may be touched') } });
    const row = (await listResponses(ctx, { state: 'open' })).items.find((one) => one.id === set.waiting!.id)!;
    expect(row).toMatchObject({ kind: 'bounds', identityId: null, notYours: expect.stringContaining('You asked') });
    await expect(agree(ctx, { id: row.id })).rejects.toMatchObject({ code: 'approval.own' });
    const made = await createToken(ctx, { name: 'lifter', scopes: ['admin'] });
    const robot = {
      actor: { kind: 'token' as const, id: made.id, name: 'lifter', scopes: ['admin' as const], issuer: 'default' },
    };
    await expect(agree(robot, { id: row.id })).rejects.toMatchObject({ code: 'approval.own' });
    const both = await Promise.allSettled([agree(other, { id: row.id }), agree(other, { id: row.id })]);
    expect(both.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await showGuardrails(ctx)).toEqual(asked);

    // What was tightened since is not lifted by an agreement to something else.
    const stale = await setGuardrails(ctx, { ...asked, capPerIdentity: 99 });
    await setGuardrails(ctx, { ...asked, capPerIdentity: 1 });
    await expect(agree(other, { id: stale.waiting!.id })).rejects.toMatchObject({ code: 'conflict' });
    expect(await showGuardrails(ctx)).toMatchObject({ capPerIdentity: 1 });
    await cancel(other, { id: stale.waiting!.id });
  } finally {
    await asUsual();
  }
});

test('what reaches further than what was looked at is not agreed to, nor what waited for a day', async () => {
  const { id, role } = await account('grown');
  const asked = await propose(ctx, { kind: 'revoke', identityIds: [id], ...why });
  await login(role, 'one more');
  await until(async () => (await live(id)).length === 2);
  await expect(agree(other, { id: asked.id })).rejects.toThrow('2 live sessions instead of 1');
  expect(await backends(role)).toBe(2);
  const [row] = (await listResponses(ctx, { state: 'open' })).items;
  expect(row).toMatchObject({ id: asked.id, state: 'proposed', radius: { sessions: 2 } });
  const done = await agree(other, { id: asked.id });
  await reached(done.revocationIds[0]!, 'verified');

  const { id: late } = await account('lapsed');
  const old = await propose(ctx, { kind: 'pause', identityIds: [late], ...why });
  const askedAt = new Date(clock.ms() - 25 * 3_600_000);
  await prisma().response.update({ where: { id: old.id }, data: { askedAt } });
  await expect(agree(other, { id: old.id })).rejects.toThrow('asked for anew');
  expect(await prisma().response.findUnique({ where: { id: old.id } })).toMatchObject({ state: 'cancelled' });
  expect(await prisma().identity.findUnique({ where: { id: late } })).toMatchObject({ state: 'active' });
});

test('a token is nobody’s second, and who made it is not the second of what it asks', async () => {
  const { id } = await account('own_token');
  const made = await createToken(ctx, { name: 'robot', scopes: ['respond'] });
  const robot = {
    actor: { kind: 'token' as const, id: made.id, name: 'robot', scopes: ['respond' as const], issuer: 'default' },
  };
  const own = await propose(robot, { kind: 'pause', identityIds: [id], ...why });
  await expect(agree(ctx, { id: own.id })).rejects.toMatchObject({ code: 'approval.own' });
  const asked = await propose(ctx, { kind: 'pause', identityIds: [id], ...why });
  await expect(agree(robot, { id: asked.id })).rejects.toMatchObject({ code: 'approval.own' });
  expect(await agree(other, { id: own.id })).toMatchObject({ eligible: 1 });
});

test('what was agreed to by a process that was killed waits to be agreed to again', async () => {
  const { id } = await account('lost');
  const asked = await propose(ctx, { kind: 'pause', identityIds: [id], ...why });
  const claimed = (agoMs: number) => ({ state: 'done', decidedBy: 'Sam Second', doneAt: new Date(Date.now() - agoMs) });
  await prisma().response.update({ where: { id: asked.id }, data: claimed(1_000) });
  await takeBackLost();
  await expect(agree(other, { id: asked.id })).rejects.toMatchObject({ code: 'approval.answered' });
  await prisma().response.update({ where: { id: asked.id }, data: claimed(3_600_000) });
  await takeBackLost();
  const done = await agree(other, { id: asked.id });
  expect(done.revocationIds).toHaveLength(1);
  await takeBackLost();
  expect(await prisma().response.findUnique({ where: { id: asked.id } })).toMatchObject({ state: 'done' });
});

test('systems are asked what else it would hit; one that can’t be asked says so and holds nothing up', async () => {
  const { id } = await account('asked');
  const broken = newId();
  await prisma().connector.create({ data: { id: broken, name: 'gone', vendor: 'no-such-vendor', config: {} } });
  const alias = { identityId: id, issuer: `connector:${broken}`, type: 'role', externalId: 'x', reason: 'a test' };
  await prisma().identityAlias.create({ data: alias });
  const { systems } = await predictHits(viewer, { identityIds: [id] });
  expect(systems.find((one) => one.connectorId === broken)).toMatchObject({
    name: 'gone',
    hits: [],
    why: expect.stringContaining('no-such-vendor'),
  });
  for (const one of systems) expect([broken, world.connectorId]).toContain(one.connectorId);
  await prisma().connector.delete({ where: { id: broken } });
});
