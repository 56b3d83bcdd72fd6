import { expect, test } from 'vitest';
import { systemCtx } from '@/lib/access/model';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { clock } from '@/lib/platform/clock';
import { newId } from '@/lib/platform/ids';
import { ask } from '@/lib/revocations/ask';
import { dryRunSays } from '@/lib/revocations/format';
import { plan } from '@/lib/revocations/plan';
import { look, preview } from '@/lib/revocations/preview';
import { previewBulk } from '@/lib/revocations/preview-bulk';
import { request } from '@/lib/revocations/request';
import { list } from '@/lib/sessions/list';

testDatabase();
const ctx = { actor: { kind: 'operator' as const, id: newId(), name: 'Rae', role: 'admin' as const } };

async function connector(vendor: string, config: object = {}): Promise<string> {
  const id = newId();
  const at = clock.now();
  await prisma().connector.create({
    data: { id, vendor, name: `${vendor}-${id.slice(-5)}`, state: 'enabled', config, createdAt: at },
  });
  return id;
}

/** An identity that these connectors know. */
async function identity(connectors: string[], sources: string[] = []): Promise<string> {
  const id = newId();
  const name = `svc-${id.slice(-6)}`;
  const at = clock.now();
  await prisma().identity.create({
    data: { id, name, kind: 'service_account', externalId: name, sources, firstSeenAt: at, lastSeenAt: at },
  });
  await prisma().identityAlias.createMany({
    data: connectors.map((one) => ({
      issuer: `connector:${one}`,
      type: '*',
      externalId: name,
      identityId: id,
      reason: 'discovered',
    })),
  });
  return id;
}

async function session(identityId: string, of: { source: string; toldBy?: string[]; connectorId?: string }) {
  const id = newId();
  const at = clock.now();
  const rest = { groupKey: id, label: 'one of them', observedBy: of.connectorId ? 'native' : 'derived' };
  await prisma().session.create({ data: { id, identityId, ...of, ...rest, startedAt: at, lastEventAt: at } });
  return id;
}

test('where no session can be ended alone nothing promises it, the plan says the same, and what ends it is said', async () => {
  const aws = await connector('aws');
  const of = await identity([aws]);
  const told = await session(of, { source: 'aws', toldBy: [aws] });
  const { name } = await prisma().connector.findUniqueOrThrow({ where: { id: aws } });
  const { name: who } = await prisma().identity.findUniqueOrThrow({ where: { id: of } });
  const looked = await look('terminate', of, [told]);
  const why = `${name} can’t end one session alone`;
  expect(looked.radius.sessions).toMatchObject([{ canEnd: false, alone: false, why }]);
  expect(looked.radius.systems).toHaveLength(1);
  expect(looked.radius.cannotEnd).toEqual([
    { what: `1 session in ${name}`, why: `${why}: revoking ${who} ends it there`, until: null, instead: 'revoke' },
  ]);
  expect(plan('terminate', looked.systems, 1)).toMatchObject([
    { system: 'decision_point' },
    { system: name, connectorId: null, state: 'unverifiable', detail: why },
  ]);
  const whole = await preview(ctx, { kind: 'revoke', identityId: of });
  expect(whole.sessions).toMatchObject([{ canEnd: true, alone: false, why: null }]);
  expect(whole.systems).toMatchObject([{ name: 'Decision point' }, { name, connectorId: aws }]);
  expect(whole.cannotEnd).toEqual([]);
});

test('what two connectors tell of is neither’s, and what is listed can be ended beside what only a log tells of', async () => {
  const [one, other] = [await connector('keycloak'), await connector('keycloak')];
  const of = await identity([one, other]);
  const both = await session(of, { source: 'keycloak', toldBy: [one, other].sort() });
  const listed = await session(of, { source: 'keycloak', connectorId: one });
  const told = await session(of, { source: 'keycloak', toldBy: [one] });
  const ids = [both, listed, told];
  const { radius, systems } = await look('terminate', of, ids);
  const ends = Object.fromEntries(radius.sessions.map(({ id, canEnd, why }) => [id, [canEnd, why]]));
  const { name } = await prisma().connector.findUniqueOrThrow({ where: { id: one } });
  expect(ends).toEqual({
    [both]: [false, expect.stringContaining('no connector ends it there')],
    [listed]: [true, null],
    [told]: [false, `known from the log of ${name} only, which does not list it`],
  });
  expect(plan('terminate', systems, 3).map(({ verb, connectorId }) => [verb, connectorId])).toEqual(
    expect.arrayContaining([
      ['deny', null],
      ['terminate', one],
      ['probe', one],
      ['probe', null],
    ]),
  );
  const items = (await list(systemCtx('test'), { connectorId: one })).items.map((row) => row.id);
  expect(items.sort()).toEqual([listed, told].sort());
  expect((await list(systemCtx('test'), { connectorId: other })).items).toEqual([]);
  expect((await request(ctx, { kind: 'terminate', sessionIds: ids })).created).toBe(true);
});

test('a pause is promised only where its system can pause', async () => {
  const config = {
    issuer: 'https://login.example.org',
    clientId: 'braid',
    clients: [],
    holds: [{ client: 'a', kind: 'refresh_token' }],
  };
  const oidc = await connector('oidc', config);
  const of = await identity([oidc]);
  const { name } = await prisma().connector.findUniqueOrThrow({ where: { id: oidc } });
  const { radius, systems } = await look('pause', of, []);
  const done = plan('pause', systems, 0).filter((step) => step.system === name);
  expect(done).toMatchObject([{ state: 'unverifiable', detail: `${name} can’t pause an identity` }]);
  expect(radius.systems.map((system) => system.name)).toEqual(['Decision point']);
  expect(radius.cannotEnd).toEqual([
    { what: `Access in ${name}`, why: `${name} can’t pause an identity`, until: null },
  ]);
});

test('a dry run of one says what would be done, changes nothing, and the audit has it', async () => {
  const aws = await connector('aws');
  const of = await identity([aws]);
  const told = await session(of, { source: 'aws', toldBy: [aws] });
  const dry = await ask(ctx, { kind: 'revoke', identityId: of, reason: 'looking', dryRun: true });
  expect(dry).toMatchObject({ dryRun: true, eligible: 1, radius: { sessions: 1, systems: 1 } });
  if (!('rows' in dry)) throw new Error('it was done');
  expect(dryRunSays(dry)).toBe(
    'Dry run: 1 live session would end, in 1 connected system and at the decision point. Nothing was changed; the audit log has it.',
  );
  const one = await ask(ctx, { kind: 'terminate', sessionIds: [told], dryRun: true });
  if (!('rows' in one)) throw new Error('it was done');
  expect(dryRunSays(one)).toMatch(
    /, at the decision point only\. Not ended, or not proven: .* can’t end one session alone\. Nothing was/,
  );
  expect(await prisma().revocation.count({ where: { identityId: of } })).toBe(0);
  const audited = await prisma().auditEntry.findMany({ where: { reason: 'looking' } });
  expect(audited).toMatchObject([{ action: 'identity.revoke_dry_run' }]);
  expect(await ask(ctx, { kind: 'revoke', identityId: of })).toMatchObject({ created: true });
  const nothing = await ask(ctx, { kind: 'revoke', identityId: of, dryRun: true });
  expect('rows' in nothing && dryRunSays(nothing)).toMatch(/^Dry run: nothing would be done \(already revoked\)\./);
});

test('a last drill in which the canary was still in is told before the click, until one passes', async () => {
  const aws = await connector('aws');
  const of = await identity([aws]);
  const failedOf = async () => (await preview(ctx, { kind: 'revoke', identityId: of })).systems[1]!.drillFailed;
  const drill = async (state: string, revocationId: string | null) => {
    const rest = { connectorId: aws, canary: 'c', method: 'entry', asked: 'schedule', actorName: 'x', revocationId };
    await prisma().drill.create({ data: { id: newId(), state, startedAt: clock.now(), ...rest } });
  };
  expect(await failedOf()).toBeUndefined();
  await drill('passed', null);
  expect(await failedOf()).toBeUndefined();
  const revocationId = newId();
  await drill('failed', revocationId);
  await drill('broken', null);
  expect(await failedOf()).toEqual({ at: expect.any(String), revocationId });
  expect((await preview(ctx, { kind: 'restore', identityId: of })).systems[1]!.drillFailed).toBeUndefined();
  await drill('passed', null);
  expect(await failedOf()).toBeUndefined();
});

test('what ending one session takes with it is told of the one, not of all, and what lives on only where all is ended', async () => {
  const kept = await connector('postgres', { host: 'db', database: 'orders' });
  const of = await identity([kept]);
  const open = await session(of, { source: 'postgres', connectorId: kept });
  const one = await preview(ctx, { kind: 'terminate', sessionIds: [open] });
  const all = await preview(ctx, { kind: 'revoke', identityId: of });
  expect(one.systems[1]).toMatchObject({ ends: 'session', alsoHits: expect.stringMatching(/^Its open transaction/) });
  expect(all.systems[1]).toMatchObject({ alsoHits: expect.stringContaining('NOLOGIN') });
  expect(all.systems[1]!.ends).toBeUndefined();
  expect(one.livesOn).toEqual([]);
  expect(all.livesOn).toContainEqual(expect.objectContaining({ what: 'prepared transactions', forMs: null }));
});

test('the life of a token as its connector is set up is the longest that may live on', async () => {
  const settings = { issuer: 'https://login.example.org', clientId: 'braid', clients: [] };
  const holds = [{ client: 'a', kind: 'refresh_token' }];
  const told = async (config: object) => {
    const of = await identity([await connector('oidc', { ...settings, holds, ...config })]);
    return (await preview(ctx, { kind: 'revoke', identityId: of })).livesOn!.map((one) => one.forMs);
  };
  expect(await told({ tokenSecs: 900 })).toEqual([900_000]);
  expect(await told({})).toEqual([null]);
});

test('a system that does not answer is told as such, with when it last did; one that answers is not', async () => {
  const [aws, github] = [await connector('aws'), await connector('github')];
  const of = await identity([aws, github]);
  const downAt = async (id: string) =>
    (await preview(ctx, { kind: 'revoke', identityId: of })).systems.find((one) => one.connectorId === id)!.down;
  expect([await downAt(aws), await downAt(github)]).toEqual([undefined, undefined]);
  const since = new Date(clock.ms() - 60_000);
  await prisma().connector.update({
    where: { id: aws },
    data: { health: 'failing', healthDetail: 'connection refused', lastSyncAt: since },
  });
  const long = new Date(clock.ms() - 3_600_000);
  await prisma().connector.update({ where: { id: github }, data: { health: 'ok', lastSyncAt: long } });
  expect(await downAt(aws)).toEqual({ why: 'connection refused', since: since.toISOString() });
  expect(await downAt(github)).toMatchObject({ since: long.toISOString() });
});

test('what can’t be given back is not promised to be, and is planned as left by a pause', async () => {
  const github = await connector('github');
  const { name } = await prisma().connector.findUniqueOrThrow({ where: { id: github } });
  const known = async (externalId: string) => {
    const id = await identity([]);
    await prisma().identityAlias.create({
      data: { issuer: `connector:${github}`, type: '*', externalId, identityId: id, reason: 'discovered' },
    });
    return id;
  };
  const [token, app] = [await known('grant:12'), await known('installation:7')];
  const back = async (id: string) =>
    (await preview(ctx, { kind: 'revoke', identityId: id })).systems.find((one) => one.connectorId)!.reversible;
  expect([await back(token), await back(app)]).toEqual([false, true]);
  const pause = await look('pause', token, []);
  expect(pause.radius.cannotEnd).toMatchObject([{ why: expect.stringContaining('can’t give this back') }]);
  expect(plan('pause', pause.systems, 0).filter((one) => one.system === name)).toMatchObject([
    { state: 'unverifiable', detail: expect.stringContaining('only the decision point denies') },
  ]);
  expect((await look('pause', app, [])).radius.cannotEnd).toEqual([]);
});

test('what can’t be ended says when it dies by itself, where the credentials of all its sessions tell', async () => {
  const aws = await connector('aws');
  const of = await identity([aws]);
  const told = await session(of, { source: 'aws', toldBy: [aws] });
  const until = async () => (await look('terminate', of, [told])).radius.cannotEnd[0]!.until;
  expect(await until()).toBeNull();
  const id = newId();
  const expiresAt = new Date(clock.ms() + 2_460_000);
  await prisma().credential.create({
    data: { id, identityId: of, kind: 'token', externalId: id, source: 'aws', expiresAt },
  });
  await prisma().session.update({ where: { id: told }, data: { credentialId: id } });
  expect(await until()).toBe(expiresAt.toISOString());
  const sooner = new Date(clock.ms() + 60_000);
  await prisma().session.update({ where: { id: told }, data: { expiresAt: sooner } });
  expect(await until()).toBe(sooner.toISOString());
});

test('a canary of drills is said to be one, alone and among many; ending one of its sessions costs no drill', async () => {
  const db = await connector('postgres', { host: 'canaries', database: 'orders' });
  const [of, beside] = [await identity([db]), await identity([db])];
  const { name } = await prisma().identity.findUniqueOrThrow({ where: { id: of } });
  const { name: system } = await prisma().connector.update({
    where: { id: db },
    data: { config: { host: 'canaries', database: 'orders', canary: name } },
  });
  const said = `It is the canary of ${system}: no drill can be held there until it is opened again.`;
  const one = await preview(ctx, { kind: 'revoke', identityId: of });
  expect(one.systems[1]!.alsoHits).toContain(said);
  const other = await preview(ctx, { kind: 'revoke', identityId: beside });
  expect(other.systems[1]!.alsoHits).not.toContain('canary');
  const many = await previewBulk(ctx, { kind: 'revoke', identityIds: [of, beside] });
  expect(many.rows.map((row) => row.limits?.includes(said) ?? false)).toEqual([true, false]);
  const open = await session(of, { source: 'postgres', connectorId: db });
  const ended = await preview(ctx, { kind: 'terminate', sessionIds: [open] });
  expect(ended.systems[1]!.alsoHits).not.toContain('canary');
});
