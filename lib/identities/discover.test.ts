import { expect, test } from 'vitest';
import { prisma } from '@/lib/db/client';
import { testDatabase } from '@/lib/db/testing';
import { transaction } from '@/lib/db/transaction';
import { annotate } from '@/lib/identities/annotate';
import { discover } from '@/lib/identities/discover';
import { linkAlias } from '@/lib/identities/link-alias';
import { list } from '@/lib/identities/list';
import type { Discovered } from '@/lib/identities/model';
import { show } from '@/lib/identities/show';
import { unlinkAlias } from '@/lib/identities/unlink-alias';
import { newId } from '@/lib/platform/ids';

testDatabase();

const ctx = { actor: { kind: 'cli' as const, name: 'cli:test' } };
const viewer = { actor: { kind: 'operator' as const, id: newId(), name: 'V', role: 'viewer' as const } };
const CONNECTOR = newId();
const role = (name: string, more: Partial<Discovered> = {}): Discovered => ({
  issuer: `connector:${CONNECTOR}`,
  type: 'role',
  externalId: name,
  name,
  kind: 'service_account',
  reason: 'A login role of orders-db',
  source: 'postgres',
  connectorId: CONNECTOR,
  alsoKnownAs: [{ issuer: 'default', externalId: name, reason: 'Callers use the same name' }],
  ...more,
});
const found = (...all: Discovered[]) => transaction((tx) => discover(tx, all));

/** As the decision point records a subject nobody knows. */
async function mentioned(name: string): Promise<string> {
  const id = newId();
  await prisma().identity.create({
    data: { id, name, externalId: name, kind: 'service_account', managed: false, sources: ['pdp'] },
  });
  await prisma().identityAlias.create({
    data: { issuer: 'default', type: 'service_account', externalId: name, identityId: id, reason: 'Named by a caller' },
  });
  return id;
}

test('discovering again adds nothing, in any order, and answers in input order', async () => {
  const [a, b] = await found(role('svc_a'), role('svc_b'));
  expect(await found(role('svc_b'), role('svc_a'), role('svc_b'))).toEqual([b, a, b]);
  expect((await list(ctx, { q: 'svc_' })).items.map((row) => row.name).sort()).toEqual(['svc_a', 'svc_b']);
});

test('two names of one call are one identity', async () => {
  const twice: Discovered = {
    ...role('svc_twice'),
    issuer: 'aws',
    type: 'arn',
    externalId: 'arn:aws:iam::1:role/svc_twice',
  };
  const [a, b] = await found(role('svc_twice'), twice);
  expect(a).toBe(b);
});

test('who a caller merely mentioned becomes the managed one, and keeps its id', async () => {
  const unmanaged = await mentioned('svc_seen_first');
  const [id] = await found(role('svc_seen_first', { kind: 'ci_pipeline' }));
  expect(id).toBe(unmanaged);
  const detail = await show(ctx, { id: unmanaged });
  expect(detail).toMatchObject({ managed: true, kind: 'ci_pipeline', sources: ['pdp', 'postgres'] });
  expect(detail.aliases.map((alias) => alias.type).sort()).toEqual(['*', 'role', 'service_account']);
});

test('a name mentioned beside a managed identity moves to it', async () => {
  const [id] = await found(role('svc_linked_later', { alsoKnownAs: [] }));
  const unmanaged = await mentioned('svc_linked_later');
  expect(await found(role('svc_linked_later'))).toEqual([id]);
  expect((await show(ctx, { id: id! })).aliases.some((alias) => alias.type === 'service_account')).toBe(true);
  const left = await show(ctx, { id: unmanaged });
  expect(left.aliases).toEqual([]);
  expect(left.attributes.continuedAs).toBe(id);
});

test('a kind only becomes more specific', async () => {
  const agent: Discovered = {
    issuer: 'default',
    type: '*',
    externalId: 'agent_x',
    name: 'agent_x',
    kind: 'ai_agent',
    reason: 'platform',
  };
  const [id] = await found(agent);
  expect(await found(role('agent_x'))).toEqual([id]);
  expect((await show(ctx, { id: id! })).kind).toBe('ai_agent');
});

test('what an analyst set is never overwritten; what a connector set follows it', async () => {
  const [id] = await found(role('svc_owned', { owner: 'Team A', purpose: 'batch' }));
  await found(role('svc_owned', { owner: 'Team B' }));
  expect(await show(ctx, { id: id! })).toMatchObject({ owner: 'Team B', ownerSource: 'connector', purpose: 'batch' });
  await annotate(ctx, { id: id!, owner: 'Payments', purpose: 'pays', concurrencyLimit: 2, ownerAttested: true });
  await found(role('svc_owned', { owner: 'Team B', purpose: 'batch', concurrencyLimit: 50 }));
  expect(await show(ctx, { id: id! })).toMatchObject({
    owner: 'Payments',
    ownerSource: 'manual',
    purpose: 'pays',
    concurrencyLimit: 2,
  });
  expect((await show(ctx, { id: id! })).ownerAttestedAt).not.toBeNull();
  await annotate(ctx, { id: id!, owner: 'Orders' });
  expect((await show(ctx, { id: id! })).ownerAttestedAt).toBeNull();
  await expect(annotate(viewer, { id: id!, owner: 'me' })).rejects.toMatchObject({ code: 'access.denied' });
  expect(await prisma().auditEntry.count({ where: { targetId: id!, action: 'identity.annotate' } })).toBe(2);
});

test('protected somewhere is protected; credentials follow their account', async () => {
  const [id] = await found(
    role('superuser', { protected: true, credentials: [{ externalId: 'password', kind: 'password' }] }),
  );
  const elsewhere = role('superuser', { issuer: `connector:${newId()}`, protected: false });
  expect(await found(elsewhere)).toEqual([id]);
  expect((await show(ctx, { id: id! })).protected).toBe(true);
  await found(
    role('superuser', {
      protected: false,
      enabled: false,
      credentials: [{ externalId: 'password', kind: 'password' }],
    }),
  );
  const detail = await show(ctx, { id: id! });
  expect(detail.protected).toBe(false);
  expect(detail.credentials).toMatchObject([{ externalId: 'password', state: 'blocked', listed: true }]);
});

test('at once, a name is given to one identity', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => found(role('svc_race'), role('svc_race2'))));
  expect(new Set(all.map(([id]) => id)).size).toBe(1);
  expect(new Set(all.map(([, id]) => id)).size).toBe(1);
});

test('names are linked and unlinked with a reason; a managed bearer keeps its name', async () => {
  const [a, b] = await found(role('svc_l1'), role('svc_l2'));
  const alias = { issuer: 'default', type: 'client', externalId: 'l-client' };
  await linkAlias(ctx, { id: a!, ...alias, reason: 'same client' });
  await expect(linkAlias(ctx, { id: b!, ...alias, reason: 'mine' })).rejects.toMatchObject({ code: 'conflict' });
  await unlinkAlias(ctx, { id: a!, ...alias });
  await linkAlias(ctx, { id: b!, ...alias, reason: 'mine' });
  await expect(
    unlinkAlias(ctx, { id: b!, issuer: `connector:${CONNECTOR}`, type: 'role', externalId: 'svc_l2' }),
  ).rejects.toMatchObject({ code: 'conflict' });
  const seen = await mentioned('svc_l3');
  await linkAlias(ctx, { id: b!, issuer: 'default', type: 'service_account', externalId: 'svc_l3', reason: 'it is' });
  expect((await show(ctx, { id: seen })).aliases).toEqual([]);
});

const analyst = { actor: { kind: 'operator' as const, id: newId(), name: 'A', role: 'analyst' as const } };
const responder = { actor: { kind: 'operator' as const, id: newId(), name: 'R', role: 'responder' as const } };
const setState = (id: string, state: string) =>
  prisma().identity.update({ where: { id }, data: { state, stateReason: 'incident' } });
const bearer = async (type: string, externalId: string) =>
  (
    await prisma().identityAlias.findUnique({
      where: { issuer_type_externalId: { issuer: 'default', type, externalId } },
    })
  )?.identityId;

test.each(['paused', 'revoked'])(
  'a name of a %s identity is only taken, given or hidden by who may restore',
  async (state) => {
    const name = `svc_closed_${state}`;
    const [closed, open] = await found(role(name), role(`${name}_other`));
    await setState(closed!, state);
    const key = { issuer: 'default', externalId: name };
    const denied = { code: 'access.denied', publicMessage: expect.stringMatching(/identity\.restore/) };
    await expect(unlinkAlias(analyst, { id: closed!, type: '*', ...key })).rejects.toMatchObject(denied);
    await expect(
      linkAlias(analyst, { id: open!, type: 'service_account', ...key, reason: 'a narrower name' }),
    ).rejects.toMatchObject(denied);
    await expect(
      linkAlias(analyst, { id: closed!, issuer: 'default', externalId: `${name}_new`, reason: 'same' }),
    ).rejects.toMatchObject(denied);
    const seen = await mentioned(`${name}_seen`);
    await setState(seen, state);
    const moving = { issuer: 'default', type: 'service_account', externalId: `${name}_seen`, reason: 'it is' };
    await expect(linkAlias(analyst, { id: open!, ...moving })).rejects.toMatchObject(denied);
    expect(await bearer('*', name)).toBe(closed);
    expect(await bearer('service_account', `${name}_seen`)).toBe(seen);
    await linkAlias(responder, { id: open!, ...moving });
    await unlinkAlias(responder, { id: closed!, type: '*', ...key });
    expect(await bearer('*', name)).toBeUndefined();
  },
);

test.each(['paused', 'revoked'])('who is %s keeps its names when a system knows the same one', async (state) => {
  const name = `svc_kept_${state}`;
  await found(role(name, { alsoKnownAs: [] }));
  const seen = await mentioned(name);
  await setState(seen, state);
  await found(role(name));
  expect(await bearer('service_account', name)).toBe(seen);
  expect((await show(ctx, { id: seen })).state).toBe(state);
});

test('who is revoked and then known by a system stays revoked', async () => {
  const seen = await mentioned('svc_known_later');
  await setState(seen, 'revoked');
  expect(await found(role('svc_known_later'))).toEqual([seen]);
  expect(await show(ctx, { id: seen })).toMatchObject({ state: 'revoked', stateReason: 'incident', managed: true });
});

test('a name that was unlinked stays away, however often its system is looked at, until it is linked again', async () => {
  const [id] = await found(role('svc_left'));
  const alias = { issuer: 'default', type: '*', externalId: 'svc_left' };
  await unlinkAlias(analyst, { id: id!, ...alias });
  expect(await found(role('svc_left'))).toEqual([id]);
  expect(await bearer('*', 'svc_left')).toBeUndefined();
  // Who is named so next is somebody else, and is not taken in either.
  const seen = await mentioned('svc_left');
  await found(role('svc_left'));
  expect(await bearer('service_account', 'svc_left')).toBe(seen);
  await linkAlias(analyst, { id: id!, ...alias, reason: 'it was right' });
  await found(role('svc_left'));
  expect(await bearer('*', 'svc_left')).toBe(id);
  expect(await bearer('service_account', 'svc_left')).toBe(id);
});

test('the list pages through everything once, in each order', async () => {
  await found(...Array.from({ length: 25 }, (_, i) => role(`page_${String(i).padStart(2, '0')}`)));
  await prisma()
    .$executeRaw`update identities set last_seen_at = now() - (right(name, 2)::int / 3) * interval '1 minute' where name like 'page_%'`;
  for (const sort of ['live', 'lastSeen', 'name'] as const) {
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(ctx, { q: 'page_', sort, limit: 4, cursor });
      names.push(...page.items.map((row) => row.name));
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(names).toHaveLength(25);
    expect(new Set(names).size).toBe(25);
    if (sort === 'name') expect(names).toEqual([...names].sort());
  }
  await expect(list(ctx, { cursor: 'nonsense' })).rejects.toMatchObject({ code: 'input.invalid' });
});

test('filters say what they mean', async () => {
  const [id] = await found(role('filter_me', { environment: 'production' }));
  const names = async (query: Parameters<typeof list>[1]) =>
    (await list(ctx, { ...query, limit: 200 })).items.map((row) => row.name);
  expect(await names({ owner: 'none' })).toContain('filter_me');
  expect(await names({ environment: 'production' })).toContain('filter_me');
  expect(await names({ live: true })).not.toContain('filter_me');
  await annotate(ctx, { id: id!, owner: 'O', concurrencyLimit: 1 });
  expect(await names({ owner: 'none' })).not.toContain('filter_me');
  expect(await names({ owner: 'O' })).toEqual(['filter_me']);
  expect(await names({ overLimit: true })).toEqual([]);
  expect(await names({ q: '%' })).toEqual([]);
});
